/**
 * The library's metrics of a request as the protocol carries them: traces as base64, prefill with its token counts. Pure.
 */
import type { GenerateMetrics } from '../../protocol/metrics';
import type { NativeGenerateResult } from '../nativeBinding';

export function metricsOf(native: NativeGenerateResult, neuronsPerLayer: number): GenerateMetrics {
  const { prefill, decode, bytes, steps, layers, trace } = native.metrics;
  return {
    prefill: { computedTokens: native.promptTokens - native.reusedTokens, reusedTokens: native.reusedTokens, phases: prefill },
    decode: {
      steps,
      phases: decode,
      bytes,
      neuronsPerLayer,
      layers,
      trace: { steps: trace.steps, computed: base64Of(trace.computed), active: base64Of(trace.active) },
    },
  };
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
