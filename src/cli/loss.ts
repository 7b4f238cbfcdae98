/**
 * `bamboo loss`: how well a model file predicts held-out text, per language; used to choose quantization types.
 */
import * as v from 'valibot';
import { loadModelText, type ModelText } from '../model/modelText';
import { promptFormOf } from '../model/promptForm';
import { promptTemplate } from '../prompt/promptTemplate';
import type { FfnMode, PromptPart } from '../protocol/engineProtocol';
import type { NativeEngine } from '../worker/nativeBinding';
import { encodePrompt } from '../worker/promptTokens';
import { EXIT, MODEL_HELP, MODEL_OPTIONS, type CliIo, type Command } from './command';
import { readJsonLines } from './jsonLines';
import { addLoss, EMPTY_LOSS, meansOf, windowLoss, type LossSum } from './lossSum';
import { concreteMode, modeOf, openTokenSession } from './modelSession';

const NO_LIMIT = Number.MAX_SAFE_INTEGER;

export const textSchema = v.looseObject({ lang: v.string(), path: v.string(), text: v.string() });
type TextSample = v.InferOutput<typeof textSchema>;

interface LossOptions {
  readonly input: string;
  readonly maxWindows: number;
  readonly chunk: number;
  readonly mode: FfnMode;
}

interface Measured {
  readonly byLanguage: ReadonlyMap<string, LossSum>;
  readonly badLines: number;
}

export const lossCommand: Command = {
  name: 'loss',
  summary: 'measure how well the model predicts held-out text (JSON lines)',
  help: `Usage: bamboo loss --input TEXTS [--max-windows N]

  --input FILE      one JSON object a line with lang, path and text; "-" is standard input
  --max-windows N   windows of one context length to read per language (default: all)
  --chunk N         tokens per forward pass; 1 uses the decode path, 0 the engine's own choice (default 0)
${MODEL_HELP}

Each text is read as a file of that path, in the way of the model (for the bundled one <|file_sep|>path, a line break and the text), in windows
that do not overlap; the first token of a window is not predicted.`,
  options: {
    ...MODEL_OPTIONS,
    input: { type: 'string' },
    'max-windows': { type: 'string' },
    chunk: { type: 'string' },
  },
  async run(args, io) {
    const choice = modeOf(args, 'exact');
    const limits = {
      input: args.requiredText('input'),
      maxWindows: args.integer('max-windows', { min: 1, max: NO_LIMIT, fallback: NO_LIMIT }),
      chunk: args.integer('chunk', { min: 0, max: 4096, fallback: 0 }),
    };
    const session = await openTokenSession(args, io);
    const { engine, modelPath, binding } = session;
    const options: LossOptions = { ...limits, mode: concreteMode(session, choice) };
    try {
      const text = await loadModelText(modelPath, (path, prefix) => binding.readMetadata(path, prefix));
      const measured = await measureLoss(options, engine, text, io);
      io.print(args.flag('json') ? JSON.stringify(asObject(measured.byLanguage)) : asTable(measured.byLanguage));
      return measured.badLines === 0 ? EXIT.done : EXIT.failed;
    } finally {
      engine.dispose();
    }
  },
};

async function measureLoss(options: LossOptions, engine: NativeEngine, text: ModelText, io: CliIo): Promise<Measured> {
  const { vocabSize, contextLength } = engine.info;
  const table = text.tokenizer.byteTable(vocabSize);
  const byLanguage = new Map<string, LossSum>();
  let badLines = 0;
  for await (const line of readJsonLines(options.input, textSchema)) {
    if (line.kind === 'bad') {
      io.warn(`${line.error.code}: ${line.error.message}`);
      badLines++;
      continue;
    }
    for (const window of windowsOf(line.value, text, contextLength)) {
      const sum = byLanguage.get(line.value.lang) ?? EMPTY_LOSS;
      if (sum.windows >= options.maxWindows) {
        break;
      }
      const logits = await engine.logits(window, options.chunk, options.mode);
      byLanguage.set(line.value.lang, addLoss(sum, windowLoss(window, logits, table)));
    }
  }
  return { byLanguage, badLines };
}

/** A window of one token predicts nothing and is left out. */
export function windowsOf({ path, text }: TextSample, modelText: ModelText, contextLength: number): Int32Array[] {
  const file = promptTemplate(promptFormOf(modelText.tokenizer)).file(path, text);
  const ids = Int32Array.from(encodePrompt(joinTexts(file), modelText).flatMap((part) => part.ids));
  const windows: Int32Array[] = [];
  for (let start = 0; start + 1 < ids.length; start += contextLength) {
    windows.push(ids.slice(start, start + contextLength));
  }
  return windows;
}

/** One text instead of neighbours, so that tokens may reach from the header into the file: there is no cut for them to respect. */
function joinTexts(parts: readonly PromptPart[]): PromptPart[] {
  const joined: PromptPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.kind === 'text' && last?.kind === 'text') joined[joined.length - 1] = { kind: 'text', text: last.text + part.text };
    else joined.push(part);
  }
  return joined;
}

function asObject(byLanguage: ReadonlyMap<string, LossSum>): object {
  return Object.fromEntries([...byLanguage].map(([lang, sum]) => [lang, meansOf(sum)]));
}

function asTable(byLanguage: ReadonlyMap<string, LossSum>): string {
  const lines = [...byLanguage].map(([lang, sum]) => {
    const { natsPerToken, bitsPerByte, tokens, windows } = meansOf(sum);
    return `${lang}: ${natsPerToken.toFixed(4)} nats per token, ${bitsPerByte.toFixed(4)} bits per byte (${tokens} tokens, ${windows} windows)`;
  });
  return lines.length === 0 ? 'no text was read' : lines.join('\n');
}
