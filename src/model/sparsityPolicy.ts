/**
 * Chooses, layer by layer, how predicted mode computes: from a probe of the layers and a recall target to modes and thresholds.
 * Pure: what the probe measured comes in, a policy goes out.
 */

/** A layer's neurons by predictor score: parallel arrays over bins of ascending score. */
export interface ScoreHistogram {
  readonly edges: Float32Array;
  readonly neurons: Float64Array;
  readonly gateFires: Float64Array;
  readonly active: Float64Array;
  readonly mass: Float64Array;
}

/** What a probe found in one layer; shares are of all neurons. */
export interface LayerObservation {
  readonly neurons: number;
  readonly gateFires: number;
  readonly upFires: number;
  readonly active: number;
  readonly gateRowBytes: number;
  readonly upRowBytes: number;
  readonly downRowBytes: number;
  /** 0 without a predictor. */
  readonly predictorBytes: number;
  /** Empty arrays without a predictor. */
  readonly scores: ScoreHistogram;
}

export interface LayerChoice {
  readonly mode: 'predicted' | 'exact';
  readonly threshold: number;
  readonly upFirst: boolean;
  /** Shares of all neurons and of the activation mass, as the probe saw them at this threshold; 1 in exact mode. */
  readonly kept: number;
  readonly recall: number;
  readonly massRecall: number;
  /** Bytes that the feed-forward block of a token reads. */
  readonly bytes: number;
}

/** Rows picked from a list reach about this share of the bandwidth that a stream does (bench/results/decode-7b.md). */
const GATHER_EFFICIENCY = 0.7;
/** Exchanging gate and up must be worth more than the error of the measurement. */
const UP_FIRST_BELOW = 0.95;

/**
 * The cheaper of exact and predicted with the highest threshold that keeps `massTarget` of the activation mass
 * (sum of |activation| · ‖down row‖).
 */
export function chooseLayer(layer: LayerObservation, massTarget: number): LayerChoice {
  const upFirst = layer.upFires < UP_FIRST_BELOW * layer.gateFires;
  const exact = exactChoice(layer, upFirst);
  if (layer.predictorBytes === 0) {
    return exact;
  }
  const predicted = predictedChoice(layer, massTarget);
  return cost(layer, predicted) < cost(layer, exact) ? predicted : exact;
}

function exactChoice(layer: LayerObservation, upFirst: boolean): LayerChoice {
  const streamed = layer.neurons * (upFirst ? layer.upRowBytes : layer.gateRowBytes);
  const second = upFirst ? layer.upFires * layer.gateRowBytes : layer.gateFires * layer.upRowBytes;
  const gathered = layer.neurons * (second + layer.active * layer.downRowBytes);
  return { mode: 'exact', threshold: 0, upFirst, kept: 1, recall: 1, massRecall: 1, bytes: streamed + gathered };
}

function predictedChoice(layer: LayerObservation, massTarget: number): LayerChoice {
  const { edges, neurons, gateFires, active, mass } = layer.scores;
  const total = { neurons: sum(neurons), active: sum(active), mass: sum(mass) };
  const above = { neurons: 0, gateFires: 0, active: 0, mass: 0 };
  let bin = neurons.length;
  while (bin > 0 && (above.mass < massTarget * total.mass || above.neurons === 0)) {
    bin--;
    above.neurons += neurons[bin] ?? 0;
    above.gateFires += gateFires[bin] ?? 0;
    above.active += active[bin] ?? 0;
    above.mass += mass[bin] ?? 0;
  }
  const share = layer.neurons / total.neurons;
  const gathered = share * (above.neurons * layer.gateRowBytes + above.gateFires * layer.upRowBytes + above.active * layer.downRowBytes);
  return {
    mode: 'predicted',
    threshold: edges[bin] ?? 0,
    upFirst: false,
    kept: above.neurons / total.neurons,
    recall: above.active / total.active,
    massRecall: above.mass / total.mass,
    bytes: layer.predictorBytes + gathered,
  };
}

/** Bytes with what is gathered weighed by how much slower it comes. */
function cost(layer: LayerObservation, choice: LayerChoice): number {
  const streamed = choice.mode === 'exact' ? layer.neurons * layer.gateRowBytes : layer.predictorBytes;
  return streamed + (choice.bytes - streamed) / GATHER_EFFICIENCY;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
