/**
 * `bamboo loss`: how well a model file predicts held-out text, per language; used to choose quantization types.
 */
import * as v from 'valibot';
import { tokenizerPathOf } from '../model/modelLocator';
import { loadTokenizer, requireSpecialToken, type Tokenizer } from '../model/tokenizer';
import type { FfnMode } from '../protocol/engineProtocol';
import type { NativeEngine } from '../worker/nativeBinding';
import { EXIT, MODEL_HELP, MODEL_OPTIONS, type CliIo, type Command } from './command';
import { readJsonLines } from './jsonLines';
import { addLoss, EMPTY_LOSS, meansOf, windowLoss, type LossSum } from './lossSum';
import { concreteMode, modeOf, openTokenSession } from './modelSession';

const NO_LIMIT = Number.MAX_SAFE_INTEGER;

const textSchema = v.looseObject({ lang: v.string(), path: v.string(), text: v.string() });
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

Each text is read as <|file_sep|>path, a line break and the text, in windows that do not overlap; the first token of a window is not predicted.`,
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
    const { engine, modelPath } = session;
    const options: LossOptions = { ...limits, mode: concreteMode(session, choice) };
    try {
      const tokenizer = await loadTokenizer(tokenizerPathOf(modelPath));
      const measured = await measureLoss(options, engine, tokenizer, io);
      io.print(args.flag('json') ? JSON.stringify(asObject(measured.byLanguage)) : asTable(measured.byLanguage));
      return measured.badLines === 0 ? EXIT.done : EXIT.failed;
    } finally {
      engine.dispose();
    }
  },
};

async function measureLoss(options: LossOptions, engine: NativeEngine, tokenizer: Tokenizer, io: CliIo): Promise<Measured> {
  const { vocabSize, contextLength } = engine.info;
  const table = tokenizer.byteTable(vocabSize);
  const byLanguage = new Map<string, LossSum>();
  let badLines = 0;
  for await (const line of readJsonLines(options.input, textSchema)) {
    if (line.kind === 'bad') {
      io.warn(`${line.error.code}: ${line.error.message}`);
      badLines++;
      continue;
    }
    for (const window of windowsOf(line.value, tokenizer, contextLength)) {
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
function windowsOf({ path, text }: TextSample, tokenizer: Tokenizer, contextLength: number): Int32Array[] {
  const ids = Int32Array.from([requireSpecialToken(tokenizer, '<|file_sep|>'), ...tokenizer.encode(`${path}\n${text}`)]);
  const windows: Int32Array[] = [];
  for (let start = 0; start + 1 < ids.length; start += contextLength) {
    windows.push(ids.slice(start, start + contextLength));
  }
  return windows;
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
