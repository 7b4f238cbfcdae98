/**
 * What the headline says: how many bytes a token read against dense, and how much faster a comparison was.
 * Pure; it only divides what was measured and says so when there is nothing to divide.
 */
import type { ComparisonSide, DashboardComparison, DashboardSparsity } from '../../protocol/dashboard';
import type { PhaseBytes, StepsByMode } from '../../protocol/metrics';

export interface Savings {
  readonly bytesPerToken: number;
  /** In as many passes over the weights. */
  readonly denseBytesPerToken: number;
  /** Above 1: fewer than dense. */
  readonly ratio: number;
  readonly steps: StepsByMode;
}

/**
 * Undefined before the first token. Dense would have made the same passes over the weights: what guessing tokens ahead saves is no
 * saving of sparsity. The dense figure counts weights only, so the ratio never flatters.
 */
export function savingsOf({ bytesPerToken, denseBytesPerToken, steps, passes, tokens }: DashboardSparsity): Savings | undefined {
  if (bytesPerToken === undefined || denseBytesPerToken === undefined) return undefined;
  const read = totalBytes(bytesPerToken);
  if (read === 0 || denseBytesPerToken === 0 || passes === 0 || tokens === 0) return undefined;
  const dense = (denseBytesPerToken * passes) / tokens;
  return { bytesPerToken: read, denseBytesPerToken: dense, ratio: dense / read, steps };
}

export function totalBytes(bytes: PhaseBytes): number {
  return bytes.attentionBytes + bytes.predictorBytes + bytes.feedForwardBytes + bytes.headBytes;
}

export function totalSteps({ dense, exact, predicted }: StepsByMode): number {
  return dense + exact + predicted;
}

/** Within this of 1 two figures count as the same. */
const SAME = 0.05;

export function compared(ratio: number): 'more' | 'same' | 'less' {
  if (Math.abs(ratio - 1) < SAME) return 'same';
  return ratio > 1 ? 'more' : 'less';
}

/** Undefined where nothing was decoded. */
export function decodeTokensPerSecond({ decodedTokens, decodeMs }: Pick<ComparisonSide, 'decodedTokens' | 'decodeMs'>): number | undefined {
  return decodeMs > 0 && decodedTokens > 0 ? decodedTokens / (decodeMs / 1000) : undefined;
}

/** Sparse over dense while decoding; undefined without a comparison that can tell. */
export function speedupOf(comparison: DashboardComparison): number | undefined {
  if (comparison.kind !== 'done') return undefined;
  const dense = decodeTokensPerSecond(comparison.dense);
  const sparse = decodeTokensPerSecond(comparison.sparse);
  return dense === undefined || sparse === undefined ? undefined : sparse / dense;
}
