/**
 * Reads typing sessions from disk: a line of a sessions file is a session, or a whole text of which one part is then chosen.
 */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { EngineError } from '../../protocol/engineError';
import { readJsonLines } from '../jsonLines';
import { sessionOfText } from './sessionOfText';
import { sessionOf, type TypingSession } from './typingSession';

const MAX_SESSIONS = 10_000;

const sessionSchema = v.object({ path: v.string(), before: v.string(), typed: v.pipe(v.string(), v.minLength(1)), after: v.string() });
const textSchema = v.object({ path: v.string(), text: v.string() });
const lineSchema = v.union([sessionSchema, textSchema], 'a line needs path, before, typed and after, or path and text');

/** From one file or from every .jsonl file of a folder, in the order of their names. Errors: 'file-not-found', 'invalid-argument'. */
export async function readSessions(source: string): Promise<TypingSession[]> {
  const sessions: TypingSession[] = [];
  for (const file of await sessionFiles(source)) {
    for await (const line of readJsonLines(file, lineSchema)) {
      if (line.kind === 'bad') throw badLine(line.error);
      const found = 'text' in line.value ? sessionOfText(line.value.path, line.value.text) : line.value;
      if (found) sessions.push(sessionOf(found));
      if (sessions.length > MAX_SESSIONS) throw new EngineError('invalid-argument', `${source} has more than ${MAX_SESSIONS} sessions.`);
    }
  }
  if (sessions.length === 0) {
    throw new EngineError(
      'invalid-argument',
      `${source} has no text that is long enough to type a part of. Give other files to --sessions.`,
    );
  }
  return sessions;
}

/** So many of a list, evenly spread over it. */
export function evenlySpread<Item>(items: readonly Item[], count: number): Item[] {
  if (count >= items.length) return [...items];
  return Array.from({ length: count }, (_, index) => items[Math.floor(((index + 0.5) * items.length) / count)]).filter(
    (item) => item !== undefined,
  );
}

async function sessionFiles(source: string): Promise<string[]> {
  const found = await stat(source).catch(() => undefined);
  if (found === undefined) {
    throw new EngineError('file-not-found', `${source} cannot be read. Give --sessions a folder with .jsonl files, or one such file.`);
  }
  if (!found.isDirectory()) return [source];
  const files = (await readdir(source)).filter((name) => name.endsWith('.jsonl')).sort();
  if (files.length === 0) {
    throw new EngineError('file-not-found', `${source} has no .jsonl files. Give --sessions a folder that has some, or one such file.`);
  }
  return files.map((name) => path.join(source, name));
}

function badLine(error: EngineError): EngineError {
  return new EngineError(error.code, `${error.message}. Correct or remove that line; bench/README.md shows the form of a session.`);
}
