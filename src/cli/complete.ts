/**
 * `bamboo complete`: what the editor would offer at a place in a file, with timings; the same pipeline as the extension's.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { completeOnce, type CompletionOutcome } from '../completion/completeOnce';
import { documentContextFromText } from '../completion/documentContext';
import { EngineError } from '../protocol/engineError';
import type { GenerateTimings } from '../protocol/engineProtocol';
import { UsageError } from './arguments';
import { DRAFT_HELP, DRAFT_OPTION, EXIT, MODEL_HELP, MODEL_OPTIONS, type Command } from './command';
import { folderSnippets } from './folderContext';
import { languageIdOf } from './languageId';
import { openTextSession } from './modelSession';

const DEFAULT_MAX_TOKENS = 64;

export const completeCommand: Command = {
  name: 'complete',
  summary: 'print what the editor would offer at a place in a file',
  help: `Usage: bamboo complete --at FILE:LINE:COLUMN [--max-tokens N] [--single-line] [--context FOLDER]

  --at PLACE        line and column count from 1, as in "code --goto"; the cursor stands before that column
  --max-tokens N    tokens the suggestion may have (default ${DEFAULT_MAX_TOKENS})
  --single-line     never more than one line
  --context FOLDER  the project that the file lies in: fitting pieces of its other files are shown to the model
${DRAFT_HELP}
${MODEL_HELP}`,
  options: {
    ...MODEL_OPTIONS,
    ...DRAFT_OPTION,
    at: { type: 'string' },
    'max-tokens': { type: 'string' },
    'single-line': { type: 'boolean' },
    context: { type: 'string' },
  },
  async run(args, io) {
    const place = parsePlace(args.requiredText('at'));
    const maxTokens = args.integer('max-tokens', { min: 1, max: 256, fallback: DEFAULT_MAX_TOKENS });
    const text = await readSource(place.file);
    const offset = offsetOf(text, place);
    const context = documentContextFromText(text, offset, pathForModel(place.file), languageIdOf(place.file));
    const folder = args.text('context');
    const snippets = folder === undefined ? [] : await folderSnippets(folder, place.file, { text, offset }, io.nowMs);
    const session = await openTextSession(args, io);
    const { contextLength, promptForm } = session.model;
    const startMs = io.nowMs();
    try {
      const outcome = await completeOnce({
        context,
        snippets,
        options: { maxTokens, multiline: args.flag('single-line') ? 'never' : 'auto', contextLength, promptForm },
        generate: session.generate,
        signal: new AbortController().signal,
        now: io.nowMs,
      });
      const totalMs = io.nowMs() - startMs;
      io.print(args.flag('json') ? JSON.stringify({ ...summary(outcome), totalMs }) : describe(outcome));
      if (!args.flag('json')) {
        io.warn(timingLine(outcome, totalMs));
      }
    } finally {
      await session.dispose();
    }
    return EXIT.done;
  },
};

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

function parsePlace(text: string): Place {
  const match = /^(.+):(\d{1,9}):(\d{1,9})$/.exec(text);
  const [, file = '', line = '0', column = '0'] = match ?? [];
  if (Number(line) < 1 || Number(column) < 1) {
    throw new UsageError(`--at must be FILE:LINE:COLUMN, counted from 1; got "${text}"`);
  }
  return { file, line: Number(line), column: Number(column) };
}

async function readSource(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new EngineError('file-not-found', `${file} cannot be read. Check the path given to --at.`);
  }
}

/** A column beyond the line's end is its end, as in the editor; a line beyond the file's end is a mistake. */
function offsetOf(text: string, { line, column }: Place): number {
  let start = 0;
  for (let n = 1; n < line; n++) {
    const lineFeed = text.indexOf('\n', start);
    if (lineFeed < 0) {
      throw new UsageError(`--at names line ${line}, but the file has ${n}`);
    }
    start = lineFeed + 1;
  }
  const lineFeed = text.indexOf('\n', start);
  const rawEnd = lineFeed < 0 ? text.length : lineFeed;
  const end = text[rawEnd - 1] === '\r' && rawEnd > start ? rawEnd - 1 : rawEnd;
  return Math.min(start + column - 1, end);
}

/** Relative to the working folder when it lies there, as paths in a workspace are. */
function pathForModel(file: string): string {
  const relative = path.relative(process.cwd(), path.resolve(file));
  return relative.startsWith('..') || path.isAbsolute(relative) ? path.basename(file) : relative;
}

function summary(outcome: CompletionOutcome): object {
  const timings = outcome.results.map((result) => result.timings);
  const mode = outcome.results.at(-1)?.mode;
  const metrics = outcome.results.map((result) => result.metrics);
  return outcome.kind === 'suggestion'
    ? { kind: outcome.kind, ...outcome.suggestion, mode, timings, metrics }
    : { kind: outcome.kind, reason: outcome.reason, mode, timings, metrics };
}

function describe(outcome: CompletionOutcome): string {
  return outcome.kind === 'suggestion' ? outcome.suggestion.text : `(nothing: ${outcome.reason})`;
}

function timingLine(outcome: CompletionOutcome, totalMs: number): string {
  const sum = (pick: (timings: GenerateTimings) => number): number =>
    outcome.results.reduce((total, result) => total + pick(result.timings), 0);
  const prefillMs = sum((timings) => timings.prefillMs).toFixed(0);
  const decodeMs = sum((timings) => timings.decodeMs).toFixed(0);
  const tokens = sum((timings) => timings.generatedTokens);
  const replaced = outcome.kind === 'suggestion' ? outcome.suggestion.tailLength : 0;
  const note = replaced > 0 ? `; replaces ${replaced} characters right of the cursor` : '';
  return `${totalMs.toFixed(0)} ms: prefill ${prefillMs} ms, decode ${decodeMs} ms for ${tokens} tokens in ${outcome.results.length} requests${note}`;
}
