/**
 * The state of the sparsity view, put together from what is known now. Pure: it measures nothing, and what was not measured is absent.
 */
import {
  SILENCE_REASONS,
  type DashboardComparison,
  type DashboardEngine,
  type DashboardHotNeurons,
  type DashboardMode,
  type DashboardModel,
  type DashboardSparsity,
  type DashboardState,
  type DashboardUsefulness,
} from '../protocol/dashboard';
import type { ModelDescription } from '../protocol/engineProtocol';
import type { NeuronActivity } from '../protocol/metrics';
import type { DecodeSnapshot } from './decodeHistory';
import type { MetricsStore } from './metricsStore';
import type { UsefulnessCounts } from './usefulness';

export interface DashboardSources {
  readonly engine: DashboardEngine;
  /** Undefined while none is loaded. */
  readonly model: ModelDescription | undefined;
  readonly mode: DashboardMode;
  readonly metrics: Pick<MetricsStore, 'decodeSnapshot' | 'latency' | 'now' | 'usefulness'>;
  readonly residentBytes: number | undefined;
  readonly activity: NeuronActivity | undefined;
  readonly comparison: DashboardComparison;
  /** What a reason for silence means, in one sentence. */
  readonly silenceSentence: (reason: string) => string;
  /** Where the neurons are, in one sentence. */
  readonly placement: string;
  /** What computes, e.g. "CPU". */
  readonly backend: string;
}

export function dashboardState(sources: DashboardSources): DashboardState {
  const { engine, model, mode, metrics, residentBytes, comparison } = sources;
  const hotNeurons = hotNeuronsOf(sources);
  return {
    engine,
    ...(model !== undefined && { model: modelOf(model, sources.backend) }),
    mode,
    now: {
      ...metrics.now(),
      ...(residentBytes !== undefined && { residentBytes }),
      ...(model !== undefined && { kvBytes: model.kvBytes }),
    },
    latency: metrics.latency(),
    sparsity: sparsityOf(metrics.decodeSnapshot(), model),
    ...(hotNeurons !== undefined && { hotNeurons }),
    usefulness: usefulnessOf(metrics.usefulness(), sources.silenceSentence),
    comparison,
  };
}

function modelOf(model: ModelDescription, backend: string): DashboardModel {
  const { name, parameterCount, fileBytes, contextLength, threads, isa, layers, neuronsPerLayer } = model;
  return { name, parameterCount, fileBytes, contextLength, threads, backend, isa, layers, neuronsPerLayer };
}

function sparsityOf(decode: DecodeSnapshot, model: ModelDescription | undefined): DashboardSparsity {
  const { steps, passes, tokens, shares, recall, strip, bytesPerToken, phasesPerToken } = decode;
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return {
    steps,
    passes,
    tokens,
    ...shares,
    ...(recall !== undefined && { recall }),
    strip: { layers: strip.layers, steps: strip.steps, computed: base64(strip.computed), active: base64(strip.active) },
    ...(bytesPerToken !== undefined && { bytesPerToken }),
    ...(phasesPerToken !== undefined && { phasesPerToken }),
    ...(model !== undefined && { denseBytesPerToken: model.denseBytesPerToken }),
  };
}

function hotNeuronsOf({ activity, placement }: DashboardSources): DashboardHotNeurons | undefined {
  if (activity === undefined || activity.tokens === 0) return undefined;
  const { tokens, hotShare, hotShares } = activity;
  return { tokens, overallShare: hotShare, layerShares: hotShares, placement };
}

function usefulnessOf(counts: UsefulnessCounts, sentenceOf: (reason: string) => string): DashboardUsefulness {
  const silences = counts.silences.slice(0, SILENCE_REASONS).map(({ reason, count }) => ({ reason, sentence: sentenceOf(reason), count }));
  return { ...counts, silences };
}
