/**
 * The answer to a request that was cancelled before the model saw it; both ends may give it.
 */
import type { GenerateResult } from './engineProtocol';

export function cancelledResult(requestId: string, queueMs: number): GenerateResult {
  return {
    requestId,
    text: '',
    tokens: [],
    stopReason: 'cancelled',
    timings: {
      queueMs,
      tokenizeMs: 0,
      prefillMs: 0,
      decodeMs: 0,
      promptTokens: 0,
      reusedTokens: 0,
      generatedTokens: 0,
      draftedTokens: 0,
      acceptedTokens: 0,
    },
  };
}
