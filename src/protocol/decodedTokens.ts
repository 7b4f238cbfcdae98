/**
 * How many tokens the decode time of a request was spent on. Pure; the one definition behind every figure of tokens per second.
 */
import type { StopReason } from './engineProtocol';

/**
 * The first token comes from the prefill, so only what is fed back to the model costs decode time. The last token of an answer is
 * never fed back, unless an end token follows it, which is not part of the answer. Cancelled requests end at either place: they are
 * not measured. With metrics this equals decode steps − drafted + accepted tokens.
 */
export function decodedTokens(stopReason: StopReason, generatedTokens: number): number {
  return stopReason === 'end-token' ? generatedTokens : Math.max(0, generatedTokens - 1);
}
