/**
 * The runs of `bamboo bench`: the modes of one loaded model in turn, round after round, so that a busy moment meets all of them.
 */
import { loadModelText, type ModelText } from '../model/modelText';
import type { FfnMode, KvType } from '../protocol/engineProtocol';
import { EngineError, toEngineError } from '../protocol/engineError';
import type { NativeEngine, NativeGenerateResult, NativeModelInfo } from '../worker/nativeBinding';
import { metricsPerToken } from './benchMetrics';
import { BENCH_TEXT } from './benchText';
import { summarize, summarizeFirstTokens, type BenchReport, type BenchRun, type FirstTokenRun, type ModeSummary } from './benchSummary';
import type { TokenSession } from './modelSession';

export interface BenchOptions {
  readonly promptTokens: number;
  readonly tokens: number;
  /** Prompt of the time to the first token; exactly 0 leaves it out. */
  readonly longPrompt: { readonly atMost: number } | { readonly exactly: number };
  readonly repeat: number;
  /** undefined: all that the model supports */
  readonly modes: readonly FfnMode[] | undefined;
  /** 0: every token is a decode step of its own. */
  readonly maxDraftTokens: number;
  readonly kvType: KvType;
  readonly seed: number;
  readonly nowMs: () => number;
}

interface ModeRuns {
  readonly runs: BenchRun[];
  readonly firstTokens: FirstTokenRun[];
}

export async function measureModes(session: TokenSession, options: BenchOptions): Promise<BenchReport> {
  const { engine } = session;
  const { info } = engine;
  const longPromptTokens = longPromptLength(info, options);
  refuseOverflow(info, options.promptTokens + options.tokens, '--prompt-tokens or --tokens');
  refuseOverflow(info, longPromptTokens + 1, '--long-prompt');

  const { ids, promptKind } = await promptIds(session, Math.max(options.promptTokens, longPromptTokens));
  const modes = options.modes ?? supportedModes(info);
  const measured = new Map<FfnMode, ModeRuns>(modes.map((mode) => [mode, { runs: [], firstTokens: [] }]));
  for (const mode of modes) {
    // The first run faults the weights into memory.
    await generate(engine, ids.subarray(0, options.promptTokens), options.tokens, mode, options);
  }
  for (let i = 0; i < options.repeat; i++) {
    for (const [mode, { runs, firstTokens }] of measured) {
      runs.push(await measureRun(session, ids, mode, options));
      if (longPromptTokens > 0) {
        firstTokens.push(await measureFirstToken(engine, ids.subarray(0, longPromptTokens), mode, options));
      }
    }
  }
  const { promptTokens, tokens, repeat, maxDraftTokens, kvType } = options;
  return reportOf(info, measured, {
    promptKind,
    promptTokens,
    tokens,
    firstTokenPromptTokens: longPromptTokens,
    repeat,
    maxDraftTokens,
    kvType,
  });
}

function supportedModes(info: NativeModelInfo): readonly FfnMode[] {
  return info.hasPredictors ? ['dense', 'exact', 'predicted'] : ['dense', 'exact'];
}

function longPromptLength({ contextLength }: NativeModelInfo, { longPrompt }: BenchOptions): number {
  return 'exactly' in longPrompt ? longPrompt.exactly : Math.min(longPrompt.atMost, contextLength - 1);
}

function refuseOverflow({ contextLength }: NativeModelInfo, tokens: number, remedy: string): void {
  if (tokens > contextLength) {
    throw new EngineError('context-overflow', `${tokens} tokens do not fit into the context of ${contextLength}. Lower ${remedy}.`);
  }
}

async function measureRun({ binding, engine }: TokenSession, ids: Int32Array, mode: FfnMode, options: BenchOptions): Promise<BenchRun> {
  const readBandwidthBytesPerSecond = binding.measureReadBandwidth(engine.info.threads);
  engine.reset();
  const result = await generate(engine, ids.subarray(0, options.promptTokens), options.tokens, mode, options);
  return { readBandwidthBytesPerSecond, result };
}

/** The same prompt twice: the second time everything but its last token is in the cache, as after a keystroke. */
async function measureFirstToken(engine: NativeEngine, prompt: Int32Array, mode: FfnMode, options: BenchOptions): Promise<FirstTokenRun> {
  engine.reset();
  const start = options.nowMs();
  await generate(engine, prompt, 1, mode, options);
  const coldEnd = options.nowMs();
  const { reusedTokens } = await generate(engine, prompt, 1, mode, options);
  return { coldMs: coldEnd - start, warmMs: options.nowMs() - coldEnd, reusedTokens };
}

/** Without stop tokens every run decodes the same number of steps. */
function generate(
  engine: NativeEngine,
  promptTokens: Int32Array,
  maxTokens: number,
  mode: FfnMode,
  { seed, maxDraftTokens }: BenchOptions,
): Promise<NativeGenerateResult> {
  const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed };
  const request = { ...sampling, promptTokens, maxTokens, stopTokens: new Int32Array(), stopStrings: [], mode, maxDraftTokens };
  return engine.generate(request, () => undefined);
}

/** Figures at the top are those of one mode, so that a script that wants a single one need not know of modes. */
function reportOf(
  info: NativeModelInfo,
  measured: ReadonlyMap<FfnMode, ModeRuns>,
  setting: Pick<BenchReport, 'promptKind' | 'promptTokens' | 'tokens' | 'firstTokenPromptTokens' | 'repeat' | 'maxDraftTokens' | 'kvType'>,
): BenchReport {
  const summaries = [...measured].map(([mode, { runs, firstTokens }]): ModeSummary => ({
    mode,
    ...summarize(runs),
    ...summarizeFirstTokens(firstTokens),
    metrics: metricsPerToken(runs, info.ffnWidth),
  }));
  const main = summaries.find(({ mode }) => mode === 'exact') ?? summaries[0];
  if (main === undefined) {
    throw new EngineError('internal', 'No mode was measured.');
  }
  return {
    model: info.name,
    isa: info.isa,
    threads: info.threads,
    ...main,
    modes: Object.fromEntries(summaries.map((summary) => [summary.mode, summary])),
    ...setting,
    denseBytesPerToken: info.denseBytesPerToken,
    fileBytes: info.fileBytes,
    loadMs: info.loadMs,
  };
}

/** Which neurons fire depends on the text, so the report says what it was. */
type PromptKind = BenchReport['promptKind'];

async function promptIds(session: TokenSession, length: number): Promise<{ ids: Int32Array; promptKind: PromptKind }> {
  const text = await modelTextIfAny(session);
  if (text === undefined) {
    return { ids: randomIds(length, session.engine.info.vocabSize), promptKind: 'random-ids' };
  }
  const ids = text.tokenizer.encode(BENCH_TEXT);
  return { ids: Int32Array.from({ length }, (_, i) => ids[i % ids.length] ?? 0), promptKind: 'code' };
}

async function modelTextIfAny({ binding, modelPath }: TokenSession): Promise<ModelText | undefined> {
  try {
    return await loadModelText(modelPath, (path, prefix) => binding.readMetadata(path, prefix));
  } catch (error) {
    if (toEngineError(error).code === 'missing-tokenizer') {
      return undefined;
    }
    throw error;
  }
}

/** A fixed sequence (the MINSTD generator of Park and Miller, 1988), so that two builds are measured on the same ids. */
function randomIds(length: number, vocabSize: number): Int32Array {
  let state = 42;
  return Int32Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state % vocabSize;
  });
}
