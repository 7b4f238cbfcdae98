/**
 * Where the time of the newest completions went, in bounded memory: what the engine did for each, and how long the user waited for a suggestion.
 * Pure. Suggestions that the cache or a request already running gave are not in here: they would make the model look faster than it is.
 */
import { LATENCY_BARS, type DashboardLatency, type DashboardNow, type LatencyBar } from '../protocol/dashboard';
import { decodedTokens } from '../protocol/decodedTokens';
import type { FfnMode, GenerateResult } from '../protocol/engineProtocol';
import { percentile, RingBuffer } from './ringBuffer';

/** What the engine did for one completion, which may have taken several requests (one per line). Times in milliseconds. */
export interface RunSample {
  /** Of the last request; undefined when the model never saw it. */
  readonly mode: FfnMode | undefined;
  /** Queue, tokenizer and prefill of the first request. */
  readonly firstTokenMs: number;
  readonly queueMs: number;
  readonly tokenizeMs: number;
  readonly prefillMs: number;
  readonly decodeMs: number;
  readonly promptTokens: number;
  readonly reusedTokens: number;
  readonly generatedTokens: number;
  /** Tokens that decodeMs was spent on. */
  readonly decodedTokens: number;
}

interface SuggestionSample extends RunSample {
  /** From the call of the provider to the item. */
  readonly totalMs: number;
}

export class LatencyHistory {
  private runs: RingBuffer<RunSample>;
  private suggestions: RingBuffer<SuggestionSample>;

  /** `capacity`: samples that percentiles are taken over. */
  constructor(private readonly capacity: number) {
    this.runs = new RingBuffer(capacity);
    this.suggestions = new RingBuffer(capacity);
  }

  /** A completion that was cancelled has no times worth keeping. */
  recordRun(results: readonly GenerateResult[]): void {
    if (isWhole(results)) this.runs.push(runOf(results));
  }

  recordSuggestion(totalMs: number, results: readonly GenerateResult[]): void {
    if (isWhole(results)) this.suggestions.push({ totalMs, ...runOf(results) });
  }

  clear(): void {
    this.runs = new RingBuffer(this.capacity);
    this.suggestions = new RingBuffer(this.capacity);
  }

  runSamples(): RunSample[] {
    return this.runs.oldestFirst();
  }

  totalsMs(): number[] {
    return this.suggestions.toArray().map(({ totalMs }) => totalMs);
  }

  /** Tokens per second are of the mode that the newest run ended in, so that they follow a switch at once. */
  now(): Pick<DashboardNow, 'tokensPerSecond' | 'firstTokenMs'> {
    const runs = this.runs.oldestFirst();
    const newest = runs.at(-1);
    if (newest === undefined) return {};
    const tokensPerSecond = decodeSpeed(runs.filter(({ mode }) => mode === newest.mode));
    return { firstTokenMs: newest.firstTokenMs, ...(tokensPerSecond !== undefined && { tokensPerSecond }) };
  }

  latency(): DashboardLatency {
    const samples = this.suggestions.oldestFirst();
    const totals = samples.map(({ totalMs }) => totalMs);
    const [p50Ms, p95Ms, p99Ms] = [percentile(totals, 50), percentile(totals, 95), percentile(totals, 99)];
    const reusedTokens = samples.reduce((sum, sample) => sum + sample.reusedTokens, 0);
    return {
      samples: samples.length,
      ...(p50Ms !== undefined && { p50Ms }),
      ...(p95Ms !== undefined && { p95Ms }),
      ...(p99Ms !== undefined && { p99Ms }),
      recent: samples.slice(-LATENCY_BARS).flatMap(barOf),
      reusedTokens,
      computedTokens: samples.reduce((sum, sample) => sum + sample.promptTokens, 0) - reusedTokens,
    };
  }
}

/** Undefined when nothing was decoded. */
export function decodeSpeed(runs: readonly RunSample[]): number | undefined {
  const decodeMs = runs.reduce((sum, run) => sum + run.decodeMs, 0);
  const tokens = runs.reduce((sum, run) => sum + run.decodedTokens, 0);
  return decodeMs > 0 && tokens > 0 ? tokens / (decodeMs / 1000) : undefined;
}

function isWhole(results: readonly GenerateResult[]): boolean {
  return results.length > 0 && results.every((result) => result.stopReason !== 'cancelled');
}

function runOf(results: readonly GenerateResult[]): RunSample {
  const sum = (field: keyof GenerateResult['timings']): number => results.reduce((all, result) => all + result.timings[field], 0);
  const first = results[0]?.timings;
  return {
    mode: results.at(-1)?.mode,
    firstTokenMs: first === undefined ? 0 : first.queueMs + first.tokenizeMs + first.prefillMs,
    queueMs: sum('queueMs'),
    tokenizeMs: sum('tokenizeMs'),
    prefillMs: sum('prefillMs'),
    decodeMs: sum('decodeMs'),
    promptTokens: sum('promptTokens'),
    reusedTokens: sum('reusedTokens'),
    generatedTokens: sum('generatedTokens'),
    decodedTokens: results.reduce((all, { stopReason, timings }) => all + decodedTokens(stopReason, timings.generatedTokens), 0),
  };
}

/** The clocks of two processes may differ by a little: no part is negative. */
function barOf(sample: SuggestionSample): LatencyBar[] {
  const { mode, totalMs, queueMs, prefillMs, decodeMs, reusedTokens, generatedTokens } = sample;
  if (mode === undefined) return [];
  const otherMs = Math.max(0, totalMs - queueMs - prefillMs - decodeMs);
  const computedTokens = sample.promptTokens - reusedTokens;
  return [
    { mode, queueMs, prefillMs, decodeMs, otherMs, reusedTokens, computedTokens, generatedTokens, decodedTokens: sample.decodedTokens },
  ];
}
