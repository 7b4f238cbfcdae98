/**
 * The phases, bytes and layers of a benchmark's runs, per decoded token. Pure; times are medians over the runs, counts are those of the last run
 * (they do not differ: every run decodes the same tokens).
 */
import type { PhaseBytes, PhaseTimes } from '../protocol/metrics';
import { median, type BenchRun } from './benchSummary';

export interface BenchMetrics {
  /** Milliseconds of one decode step. */
  readonly decodePhases: PhaseTimes;
  /** Milliseconds of the whole prefill. */
  readonly prefillPhases: PhaseTimes;
  /** Of one decode step. */
  readonly bytes: PhaseBytes;
  /** Shares of a layer's neurons, 0..1, one entry a layer. */
  readonly gateShare: readonly number[];
  readonly upShare: readonly number[];
  readonly activeShare: readonly number[];
}

/** `ffnWidth`: neurons of a layer. */
export function metricsPerToken(runs: readonly BenchRun[], ffnWidth: number): BenchMetrics | undefined {
  const metrics = runs.map(({ result }) => result.metrics);
  const last = metrics.at(-1);
  if (last === undefined) return undefined;
  const steps = last.steps.dense + last.steps.exact + last.steps.predicted;
  const { layers, bytes } = last;
  const shares = (counts: readonly number[]): number[] => counts.map((count) => count / (steps * ffnWidth));
  return {
    decodePhases: medianPhases(
      metrics.map(({ decode }) => decode),
      steps,
    ),
    prefillPhases: medianPhases(
      metrics.map(({ prefill }) => prefill),
      1,
    ),
    bytes: {
      attentionBytes: bytes.attentionBytes / steps,
      predictorBytes: bytes.predictorBytes / steps,
      feedForwardBytes: bytes.feedForwardBytes / steps,
      headBytes: bytes.headBytes / steps,
    },
    gateShare: shares(layers.gateRows),
    upShare: shares(layers.upRows),
    activeShare: shares(layers.activeNeurons),
  };
}

function medianPhases(runs: readonly PhaseTimes[], steps: number): PhaseTimes {
  const of = (phase: keyof PhaseTimes): number => median(runs.map((times) => times[phase] / steps));
  return {
    attentionMs: of('attentionMs'),
    predictorMs: of('predictorMs'),
    feedForwardMs: of('feedForwardMs'),
    headMs: of('headMs'),
    samplingMs: of('samplingMs'),
  };
}
