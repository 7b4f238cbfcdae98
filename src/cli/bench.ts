/**
 * `bamboo bench`: decode and prefill speed of a model on this machine, beside the memory bandwidth measured in the same minute.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadTokenizer } from '../model/tokenizer';
import type { FfnMode, KvType } from '../protocol/engineProtocol';
import { EngineError } from '../protocol/engineError';
import type { NativeEngine, NativeGenerateResult } from '../worker/nativeBinding';
import { BENCH_TEXT } from './benchText';
import { summarize, type BenchRun } from './benchSummary';
import { DRAFT_OPTION, EXIT, MODEL_HELP, MODEL_OPTIONS, type Command } from './command';
import { draftOf, kvTypeOf, modeOf, openTokenSession, seedOf, type TokenSession } from './modelSession';

interface BenchOptions {
  readonly promptTokens: number;
  readonly tokens: number;
  readonly repeat: number;
  readonly mode: FfnMode;
  readonly maxDraftTokens: number;
  readonly kvType: KvType;
  readonly seed: number;
}

export const benchCommand: Command = {
  name: 'bench',
  summary: 'measure the speed of a model on this machine',
  help: `Usage: bamboo bench [--prompt-tokens N] [--tokens N] [--repeat N]

  --prompt-tokens N tokens to prefill (default 256)
  --tokens N        tokens to decode, at least 2 (default 64)
  --repeat N        runs; memory bandwidth is measured between them and figures are medians (default 3)
  --draft N         tokens guessed ahead where the text repeats itself (default 0: every token is a decode step)
${MODEL_HELP}`,
  options: {
    ...MODEL_OPTIONS,
    ...DRAFT_OPTION,
    'prompt-tokens': { type: 'string' },
    tokens: { type: 'string' },
    repeat: { type: 'string' },
  },
  async run(args, io) {
    const options: BenchOptions = {
      promptTokens: args.integer('prompt-tokens', { min: 1, max: 1_000_000, fallback: 256 }),
      tokens: args.integer('tokens', { min: 2, max: 1_000_000, fallback: 64 }),
      repeat: args.integer('repeat', { min: 1, max: 1000, fallback: 3 }),
      mode: modeOf(args),
      maxDraftTokens: draftOf(args) ?? 0,
      kvType: kvTypeOf(args),
      seed: seedOf(args),
    };
    const session = await openTokenSession(args, io);
    try {
      const report = await measure(session, options);
      io.print(
        args.flag('json')
          ? JSON.stringify(report)
          : Object.entries(report)
              .map(([key, value]) => `${key}: ${value}`)
              .join('\n'),
      );
    } finally {
      session.engine.dispose();
    }
    return EXIT.done;
  },
};

async function measure(session: TokenSession, options: BenchOptions): Promise<Record<string, string | number>> {
  const { engine, binding } = session;
  const { info } = engine;
  if (options.promptTokens + options.tokens > info.contextLength) {
    throw new EngineError(
      'context-overflow',
      `${options.promptTokens} + ${options.tokens} tokens do not fit into the context of ${info.contextLength}. Lower --prompt-tokens or --tokens.`,
    );
  }
  const { prompt, promptKind } = await benchPrompt(session, options.promptTokens);
  await runOnce(engine, prompt, options); // The first run faults the weights into memory.
  const runs: BenchRun[] = [];
  for (let i = 0; i < options.repeat; i++) {
    const readBandwidthBytesPerSecond = binding.measureReadBandwidth(info.threads);
    runs.push({ readBandwidthBytesPerSecond, result: await runOnce(engine, prompt, options) });
  }
  return {
    ...summarize(runs),
    model: info.name,
    isa: info.isa,
    threads: info.threads,
    mode: options.mode,
    maxDraftTokens: options.maxDraftTokens,
    kvType: options.kvType,
    promptKind,
    promptTokens: options.promptTokens,
    tokens: options.tokens,
    repeat: options.repeat,
    denseBytesPerToken: info.denseBytesPerToken,
    fileBytes: info.fileBytes,
    loadMs: info.loadMs,
  };
}

/** Without stop tokens every run decodes the same number of steps. */
function runOnce(
  engine: NativeEngine,
  promptTokens: Int32Array,
  { tokens, mode, maxDraftTokens, seed }: BenchOptions,
): Promise<NativeGenerateResult> {
  engine.reset();
  const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed };
  return engine.generate(
    { ...sampling, promptTokens, maxTokens: tokens, stopTokens: new Int32Array(), stopStrings: [], mode, maxDraftTokens },
    () => undefined,
  );
}

interface BenchPrompt {
  readonly prompt: Int32Array;
  /** Which neurons fire depends on the text, so the report says what it was. */
  readonly promptKind: 'code' | 'random-ids';
}

async function benchPrompt({ engine, modelPath }: TokenSession, length: number): Promise<BenchPrompt> {
  const tokenizerPath = path.join(path.dirname(modelPath), 'tokenizer.json');
  if (!existsSync(tokenizerPath)) {
    return { prompt: randomIds(length, engine.info.vocabSize), promptKind: 'random-ids' };
  }
  const ids = (await loadTokenizer(tokenizerPath)).encode(BENCH_TEXT);
  return { prompt: Int32Array.from({ length }, (_, i) => ids[i % ids.length] ?? 0), promptKind: 'code' };
}

/** A fixed sequence (the MINSTD generator of Park and Miller, 1988), so that two builds are measured on the same ids. */
function randomIds(length: number, vocabSize: number): Int32Array {
  let state = 42;
  return Int32Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state % vocabSize;
  });
}
