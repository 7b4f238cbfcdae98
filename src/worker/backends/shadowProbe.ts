/**
 * A shadow check over the native library: the answer decoded again in predicted mode, every Nth token compared with dense mode.
 * When to run it is the scheduler's matter.
 */
import type { NativeLayerProbe, NativeProbeParams } from '../nativeBinding';
import type { ShadowFindings, TokenSequence } from './backend';

/**
 * Only tokens of the answer are probed: their keys and values came from decoding, so computing them again disturbs nothing that the next prompt
 * reuses.
 */
export function answerProbe({ ids, promptLength }: TokenSequence, everyN: number): NativeProbeParams {
  return { tokens: ids, first: promptLength, every: everyN, mode: 'predicted' };
}

/** Undefined when the probe was cancelled before it saw a token. */
export function findingsOf(layers: readonly NativeLayerProbe[], everyN: number): ShadowFindings {
  // A cancelled probe may have seen the first layers once more than the last.
  const positions = layers.at(-1)?.positions ?? 0;
  if (positions === 0) {
    return undefined;
  }
  return {
    everyN,
    positions,
    neuronRecall: layers.map(({ hits, active }) => recall(hits, active)),
    massRecall: layers.map(({ hitMass, mass }) => recall(hitMass, mass)),
  };
}

/** Where nothing would have been active nothing was lost. */
function recall(kept: number, all: number): number {
  return all > 0 ? Math.min(1, kept / all) : 1;
}
