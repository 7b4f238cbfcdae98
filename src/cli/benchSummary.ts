/**
 * From the runs of a benchmark to its figures. Pure; all figures are medians over the runs.
 */
import { decodedTokens } from '../protocol/decodedTokens';
import type { FfnMode, KvType } from '../protocol/engineProtocol';
import type { NativeGenerateResult } from '../worker/nativeBinding';
import type { BenchMetrics } from './benchMetrics';

export interface BenchRun {
  readonly result: NativeGenerateResult;
  readonly readBandwidthBytesPerSecond: number;
}

export interface BenchSummary {
  readonly decodeTokensPerSecond: number;
  readonly prefillTokensPerSecond: number;
  /** Weights and KV read by one decode step. */
  readonly bytesPerToken: number;
  /** Neurons computed because they were predicted, over all; 0 in other modes. */
  readonly predictedShare: number;
  readonly activeShare: number;
  readonly draftedTokens: number;
  readonly acceptedTokens: number;
  readonly readBandwidthBytesPerSecond: number;
  /** Bytes read per second while decoding, over what a plain sum over memory reads. */
  readonly bandwidthShare: number;
}

/** Time to the first token as the caller sees it. */
export interface FirstTokenRun {
  readonly coldMs: number;
  readonly warmMs: number;
  /** Of the warm run's prompt. */
  readonly reusedTokens: number;
}

export interface ModeSummary extends BenchSummary {
  readonly mode: FfnMode;
  /** Nothing cached. Absent when it was not asked for. */
  readonly firstTokenColdMs?: number;
  /** Everything but the prompt's last tokens cached. */
  readonly firstTokenWarmMs?: number;
  readonly firstTokenReusedTokens?: number;
  /** Phases, bytes and layers of a decode step. */
  readonly metrics: BenchMetrics | undefined;
}

/** What `bamboo bench --json` prints. The figures beside `modes` are those of `mode`: exact when it was measured. */
export interface BenchReport extends ModeSummary {
  readonly model: string;
  readonly isa: string;
  readonly threads: number;
  readonly modes: Readonly<Record<string, ModeSummary>>;
  readonly promptKind: 'code' | 'random-ids';
  readonly promptTokens: number;
  readonly tokens: number;
  /** 0 when the time to the first token was not asked for. */
  readonly firstTokenPromptTokens: number;
  readonly repeat: number;
  readonly maxDraftTokens: number;
  readonly kvType: KvType;
  readonly denseBytesPerToken: number;
  readonly fileBytes: number;
  readonly loadMs: number;
}

export function summarizeFirstTokens(
  runs: readonly FirstTokenRun[],
): Pick<ModeSummary, 'firstTokenColdMs' | 'firstTokenWarmMs' | 'firstTokenReusedTokens'> {
  if (runs.length === 0) {
    return {};
  }
  return {
    firstTokenColdMs: median(runs.map(({ coldMs }) => coldMs)),
    firstTokenWarmMs: median(runs.map(({ warmMs }) => warmMs)),
    firstTokenReusedTokens: median(runs.map(({ reusedTokens }) => reusedTokens)),
  };
}

export function summarize(runs: readonly BenchRun[]): BenchSummary {
  const figures = runs.map(figuresOf);
  const medianOf = (pick: (figure: BenchSummary) => number): number => median(figures.map(pick));
  return {
    decodeTokensPerSecond: medianOf((figure) => figure.decodeTokensPerSecond),
    prefillTokensPerSecond: medianOf((figure) => figure.prefillTokensPerSecond),
    bytesPerToken: medianOf((figure) => figure.bytesPerToken),
    predictedShare: medianOf((figure) => figure.predictedShare),
    activeShare: medianOf((figure) => figure.activeShare),
    draftedTokens: medianOf((figure) => figure.draftedTokens),
    acceptedTokens: medianOf((figure) => figure.acceptedTokens),
    readBandwidthBytesPerSecond: medianOf((figure) => figure.readBandwidthBytesPerSecond),
    bandwidthShare: medianOf((figure) => figure.bandwidthShare),
  };
}

function figuresOf({ result, readBandwidthBytesPerSecond }: BenchRun): BenchSummary {
  const steps = decodedTokens(result.stopReason, result.generatedTokens);
  const bytesPerToken = result.decodeBytes / steps;
  const decodeTokensPerSecond = (steps * 1000) / result.decodeMs;
  return {
    decodeTokensPerSecond,
    prefillTokensPerSecond: ((result.promptTokens - result.reusedTokens) * 1000) / result.prefillMs,
    bytesPerToken,
    predictedShare: result.predictedShare,
    activeShare: result.activeShare,
    draftedTokens: result.draftedTokens,
    acceptedTokens: result.acceptedTokens,
    readBandwidthBytesPerSecond,
    bandwidthShare: (bytesPerToken * decodeTokensPerSecond) / readBandwidthBytesPerSecond,
  };
}

/** Mean of the two middle values when there is an even number of them. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = Math.floor(sorted.length / 2);
  const lower = Math.ceil(sorted.length / 2) - 1;
  return ((sorted[lower] ?? Number.NaN) + (sorted[upper] ?? Number.NaN)) / 2;
}
