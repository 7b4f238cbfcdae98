/**
 * Latencies and counts of the running session, in bounded memory: what the status bar's tooltip and the sidebar show.
 * Pure: times come in as numbers, nothing is written anywhere.
 */
import type { DashboardLatency, DashboardNow } from '../protocol/dashboard';
import type { GenerateResult } from '../protocol/engineProtocol';
import type { ShadowCheck } from '../protocol/metrics';
import { DecodeHistory, type DecodeSnapshot } from './decodeHistory';
import { decodeSpeed, LatencyHistory, type RunSample } from './latencyHistory';
import { percentile } from './ringBuffer';
import { Usefulness, type UsefulnessCounts } from './usefulness';

export interface MetricsSnapshot {
  readonly requests: number;
  readonly shown: number;
  readonly shownFromCache: number;
  readonly accepted: number;
  /** From the call of the provider to the item, of suggestions that a request of their own gave. */
  readonly latencyMsP50: number | undefined;
  readonly latencyMsP95: number | undefined;
  readonly prefillMsP50: number | undefined;
  readonly decodeMsP50: number | undefined;
  /** While decoding, over the samples kept. */
  readonly tokensPerSecond: number | undefined;
  /** Share of prompt tokens that came from the KV cache, 0..1, over the samples kept. */
  readonly reusedShare: number | undefined;
  /** Decode time per decoded token of a completion, over the samples kept. */
  readonly decodeMsPerTokenP50: number | undefined;
  readonly decodeMsPerTokenP95: number | undefined;
}

export class MetricsStore {
  private readonly latencies: LatencyHistory;
  private readonly history = new DecodeHistory();
  private readonly useful = new Usefulness();
  private readonly listeners = new Set<() => void>();
  private requests = 0;

  /** `capacity`: samples that percentiles are taken over. */
  constructor(capacity = 256) {
    this.latencies = new LatencyHistory(capacity);
  }

  /** Called after every change; returns what ends that. */
  onDidChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** What the engine did for one completion, whether or not anything came of it. */
  recordRun(results: readonly GenerateResult[]): void {
    this.requests += 1;
    this.latencies.recordRun(results);
    const cancelled = results.some((result) => result.stopReason === 'cancelled');
    for (const { metrics, timings } of cancelled ? [] : results) {
      if (metrics !== undefined) this.history.record(metrics, timings);
    }
    this.changed();
  }

  /** `totalMs`: what the user waited for a suggestion for which the model ran; `results`: of that run. */
  recordSuggestion(totalMs: number, results: readonly GenerateResult[]): void {
    this.latencies.recordSuggestion(totalMs, results);
    this.changed();
  }

  recordShadowCheck(check: ShadowCheck): void {
    this.history.recordShadowCheck(check);
    this.changed();
  }

  recordShown(fromCache: boolean): void {
    this.useful.recordShown(fromCache);
    this.changed();
  }

  recordAccepted(characters: number, wasPartlyAccepted: boolean): void {
    this.useful.recordAccepted(characters, wasPartlyAccepted);
    this.changed();
  }

  recordPartlyAccepted(characters: number, isFirstPart: boolean): void {
    this.useful.recordPartlyAccepted(characters, isFirstPart);
    this.changed();
  }

  recordSilence(reason: string): void {
    this.useful.recordSilence(reason);
    this.changed();
  }

  /** Everything begins anew. */
  reset(): void {
    this.requests = 0;
    this.useful.clear();
    this.modelChanged();
  }

  /** Times and sparsity of another model say nothing about this one; what the user accepted stays counted. */
  modelChanged(): void {
    this.latencies.clear();
    this.history.clear();
    this.changed();
  }

  /** Where the time of a token goes and which layers are sparse; copies, so not for every keystroke. */
  decodeSnapshot(): DecodeSnapshot {
    return this.history.snapshot();
  }

  latency(): DashboardLatency {
    return this.latencies.latency();
  }

  now(): Pick<DashboardNow, 'tokensPerSecond' | 'firstTokenMs'> {
    return this.latencies.now();
  }

  usefulness(): UsefulnessCounts {
    return this.useful.counts();
  }

  snapshot(): MetricsSnapshot {
    const runs = this.latencies.runSamples();
    const values = (field: Exclude<keyof RunSample, 'mode'>): number[] => runs.map((run) => run[field]);
    const total = (field: Exclude<keyof RunSample, 'mode'>): number => values(field).reduce((sum, value) => sum + value, 0);
    const promptTokens = total('promptTokens');
    const msPerToken = runs.filter((run) => run.decodedTokens > 0).map((run) => run.decodeMs / run.decodedTokens);
    const totalsMs = this.latencies.totalsMs();
    const { shown, shownFromCache, accepted } = this.useful.counts();
    return {
      requests: this.requests,
      shown,
      shownFromCache,
      accepted,
      latencyMsP50: percentile(totalsMs, 50),
      latencyMsP95: percentile(totalsMs, 95),
      prefillMsP50: percentile(values('prefillMs'), 50),
      decodeMsP50: percentile(values('decodeMs'), 50),
      tokensPerSecond: decodeSpeed(runs),
      reusedShare: promptTokens > 0 ? total('reusedTokens') / promptTokens : undefined,
      decodeMsPerTokenP50: percentile(msPerToken, 50),
      decodeMsPerTokenP95: percentile(msPerToken, 95),
    };
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
