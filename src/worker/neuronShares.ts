/**
 * From how often each neuron was active to how few of them do most of the work: PowerInfer's hot neurons. Pure.
 */
import type { NeuronActivity } from '../protocol/metrics';

/** Of all activations: what PowerInfer (Song et al. 2023, section 3.1) calls hot. */
const HOT_ACTIVATIONS = 0.8;

/** `counts`: [layers, neurons of a layer], layer by layer. */
export function activityOf(counts: Uint32Array, layers: number, tokens: number): NeuronActivity {
  const width = layers > 0 ? counts.length / layers : 0;
  return {
    tokens,
    hotShares: Array.from({ length: layers }, (_, layer) => hotShareOf(counts.slice(layer * width, (layer + 1) * width))),
    hotShare: hotShareOf(counts.slice()),
  };
}

/** The smallest share of neurons that together make up HOT_ACTIVATIONS; 0 without any activation. Sorts its argument. */
function hotShareOf(counts: Uint32Array): number {
  const wanted = HOT_ACTIVATIONS * counts.reduce((sum, count) => sum + count, 0);
  if (wanted === 0) {
    return 0;
  }
  counts.sort();
  let reached = 0;
  let neurons = 0;
  while (reached < wanted && neurons < counts.length) {
    neurons += 1;
    reached += counts[counts.length - neurons] ?? 0;
  }
  return neurons / counts.length;
}
