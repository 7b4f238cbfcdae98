/**
 * A shadow check over the native library: every Nth token of an answer, one native call each, added up per layer.
 * When to run it is the scheduler's matter.
 */
import type { NativeProbe } from '../nativeBinding';
import type { ShadowFindings, TokenSequence } from './backend';

/**
 * Only tokens of the answer are probed: their keys and values came from decoding, so computing them again disturbs nothing that the next prompt
 * reuses. Resolves with what was found before the signal aborted.
 */
export async function probeSequence(
  probe: (tokens: Int32Array) => Promise<NativeProbe>,
  { ids, promptLength }: TokenSequence,
  everyN: number,
  signal: AbortSignal,
): Promise<ShadowFindings> {
  const probes: NativeProbe[] = [];
  for (let position = promptLength; position < ids.length && !signal.aborted; position += everyN) {
    const found = await probe(ids.subarray(0, position + 1)).catch((error: unknown) => {
      // A probe that was cancelled half-way has nothing to say.
      if (signal.aborted) return undefined;
      throw error;
    });
    if (found !== undefined) probes.push(found);
  }
  if (probes.length === 0) return undefined;
  return {
    everyN,
    positions: probes.length,
    neuronRecall: recallPerLayer(probes, 'keptNeurons', 'activeNeurons'),
    massRecall: recallPerLayer(probes, 'keptMass', 'activeMass'),
  };
}

/** Where nothing would have been active nothing was lost. */
function recallPerLayer(probes: readonly NativeProbe[], kept: keyof NativeProbe, all: keyof NativeProbe): number[] {
  const sum = (key: keyof NativeProbe, layer: number): number => probes.reduce((total, probe) => total + (probe[key][layer] ?? 0), 0);
  const layers = probes[0]?.[all].length ?? 0;
  return Array.from({ length: layers }, (_, layer) => {
    const whole = sum(all, layer);
    return whole > 0 ? Math.min(1, sum(kept, layer) / whole) : 1;
  });
}
