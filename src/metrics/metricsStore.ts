/**
 * Latencies and counts of the running session, in bounded memory: what the status bar's tooltip shows.
 * Pure: times come in as numbers, nothing is written anywhere.
 */
import type { GenerateResult } from '../protocol/engineProtocol';
import type { ShadowCheck } from '../protocol/metrics';
import { DecodeHistory, type DecodeSnapshot } from './decodeHistory';
import { percentile, RingBuffer } from './ringBuffer';

/** One completion, which may have taken several engine requests (one per line). Times in milliseconds. */
export interface RequestSample {
  readonly totalMs: number;
  readonly queueMs: number;
  readonly tokenizeMs: number;
  readonly prefillMs: number;
  readonly decodeMs: number;
  readonly promptTokens: number;
  readonly reusedTokens: number;
  readonly generatedTokens: number;
}

export interface MetricsSnapshot {
  readonly requests: number;
  readonly shown: number;
  readonly shownFromCache: number;
  readonly accepted: number;
  readonly latencyMsP50: number | undefined;
  readonly latencyMsP95: number | undefined;
  readonly prefillMsP50: number | undefined;
  readonly decodeMsP50: number | undefined;
  /** While decoding, over the samples kept. */
  readonly tokensPerSecond: number | undefined;
  /** Share of prompt tokens that came from the KV cache, 0..1, over the samples kept. */
  readonly reusedShare: number | undefined;
  /** Decode time per generated token of a completion, over the samples kept. */
  readonly decodeMsPerTokenP50: number | undefined;
  readonly decodeMsPerTokenP95: number | undefined;
}

export class MetricsStore {
  private readonly samples: RingBuffer<RequestSample>;
  private readonly history = new DecodeHistory();
  private requests = 0;
  private shown = 0;
  private shownFromCache = 0;
  private accepted = 0;

  /** `capacity`: samples that percentiles are taken over. */
  constructor(capacity = 256) {
    this.samples = new RingBuffer(capacity);
  }

  /** A completion that was cancelled counts as a request but has no latency worth keeping. */
  recordRequest(totalMs: number, results: readonly GenerateResult[]): void {
    this.requests += 1;
    if (results.length === 0 || results.some((result) => result.stopReason === 'cancelled')) return;
    this.samples.push({ totalMs, ...summed(results) });
    for (const { metrics } of results) {
      if (metrics !== undefined) this.history.record(metrics);
    }
  }

  recordShadowCheck(check: ShadowCheck): void {
    this.history.recordShadowCheck(check);
  }

  recordShown(fromCache: boolean): void {
    this.shown += 1;
    if (fromCache) this.shownFromCache += 1;
  }

  recordAccepted(): void {
    this.accepted += 1;
  }

  /** Where the time of a token goes and which layers are sparse; copies, so not for every keystroke. */
  decodeSnapshot(): DecodeSnapshot {
    return this.history.snapshot();
  }

  snapshot(): MetricsSnapshot {
    const samples = this.samples.toArray();
    const total = (field: keyof RequestSample): number => samples.reduce((sum, sample) => sum + sample[field], 0);
    const decodeMs = total('decodeMs');
    const promptTokens = total('promptTokens');
    const msPerToken = samples.filter((sample) => sample.generatedTokens > 0).map((sample) => sample.decodeMs / sample.generatedTokens);
    const values = (field: keyof RequestSample): number[] => samples.map((sample) => sample[field]);
    return {
      requests: this.requests,
      shown: this.shown,
      shownFromCache: this.shownFromCache,
      accepted: this.accepted,
      latencyMsP50: percentile(values('totalMs'), 50),
      latencyMsP95: percentile(values('totalMs'), 95),
      prefillMsP50: percentile(values('prefillMs'), 50),
      decodeMsP50: percentile(values('decodeMs'), 50),
      tokensPerSecond: decodeMs > 0 ? total('generatedTokens') / (decodeMs / 1000) : undefined,
      reusedShare: promptTokens > 0 ? total('reusedTokens') / promptTokens : undefined,
      decodeMsPerTokenP50: percentile(msPerToken, 50),
      decodeMsPerTokenP95: percentile(msPerToken, 95),
    };
  }
}

function summed(results: readonly GenerateResult[]): Omit<RequestSample, 'totalMs'> {
  const sum = (field: keyof GenerateResult['timings']): number => results.reduce((all, result) => all + result.timings[field], 0);
  return {
    queueMs: sum('queueMs'),
    tokenizeMs: sum('tokenizeMs'),
    prefillMs: sum('prefillMs'),
    decodeMs: sum('decodeMs'),
    promptTokens: sum('promptTokens'),
    reusedTokens: sum('reusedTokens'),
    generatedTokens: sum('generatedTokens'),
  };
}
