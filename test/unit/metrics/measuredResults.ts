/**
 * Results as the worker answers them, with the metrics of a small model: what the runtime reports, to be compared with what is shown.
 */
import type { FfnMode, GenerateResult } from '../../../src/protocol/engineProtocol';
import type { GenerateMetrics } from '../../../src/protocol/metrics';
import { resultOf } from '../completion/scriptedEngine';

export const NEURONS_PER_LAYER = 100;
export const LAYERS = 2;

export interface Measured {
  readonly mode?: FfnMode;
  readonly steps?: number;
  /** Of each layer and step. */
  readonly gateRows?: number;
  readonly timings?: Partial<GenerateResult['timings']>;
  readonly bytesPerStep?: number;
}

export function measured(text: string, options: Measured = {}): GenerateResult {
  const result = resultOf(text);
  const { mode = 'predicted' } = options;
  return { ...result, mode, timings: { ...result.timings, ...options.timings }, metrics: metricsOf({ ...options, mode }) };
}

function metricsOf({ mode = 'predicted', steps = 4, gateRows = 40, bytesPerStep = 100 }: Measured): GenerateMetrics {
  const phases = { attentionMs: 4, predictorMs: 1, feedForwardMs: 3, headMs: 1, samplingMs: 1 };
  const perLayer = (rows: number): number[] => Array.from({ length: LAYERS }, () => rows * steps);
  const trace = (share: number): string => Buffer.alloc(LAYERS * steps, Math.round(share * 255)).toString('base64');
  return {
    prefill: { computedTokens: 10, reusedTokens: 90, phases },
    decode: {
      steps: { dense: 0, exact: 0, predicted: 0, [mode]: steps },
      phases,
      bytes: { attentionBytes: 0, predictorBytes: 0, feedForwardBytes: bytesPerStep * steps, headBytes: 0 },
      neuronsPerLayer: NEURONS_PER_LAYER,
      layers: { gateRows: perLayer(gateRows), predictedRows: perLayer(gateRows / 2), upRows: perLayer(10), activeNeurons: perLayer(5) },
      trace: { steps, computed: trace(gateRows / NEURONS_PER_LAYER), active: trace(0.05) },
    },
  };
}
