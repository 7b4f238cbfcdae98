/**
 * Negative log-likelihood from logits, summed over windows. Pure.
 */
import type { TokenByteTable } from '../model/tokenByteTable';

export interface LossSum {
  readonly windows: number;
  /** Tokens that were predicted: all but the first of each window. */
  readonly tokens: number;
  /** UTF-8 bytes of those tokens. */
  readonly bytes: number;
  /** Sum of -ln p, in nats. */
  readonly nats: number;
}

export interface LossMeans {
  readonly windows: number;
  readonly tokens: number;
  readonly bytes: number;
  readonly natsPerToken: number;
  readonly bitsPerByte: number;
}

export const EMPTY_LOSS: LossSum = { windows: 0, tokens: 0, bytes: 0, nats: 0 };

export function addLoss(a: LossSum, b: LossSum): LossSum {
  return { windows: a.windows + b.windows, tokens: a.tokens + b.tokens, bytes: a.bytes + b.bytes, nats: a.nats + b.nats };
}

export function meansOf({ windows, tokens, bytes, nats }: LossSum): LossMeans {
  return { windows, tokens, bytes, natsPerToken: nats / tokens, bitsPerByte: nats / Math.LN2 / bytes };
}

/** `logits` is [tokens.length, vocabSize] row-major; row i predicts token i + 1, the last row nothing. */
export function windowLoss(tokens: Int32Array, logits: Float32Array, table: TokenByteTable): LossSum {
  const vocabSize = logits.length / tokens.length;
  let nats = 0;
  let bytes = 0;
  for (let i = 0; i + 1 < tokens.length; i++) {
    const target = tokens[i + 1] ?? 0;
    nats += negativeLogLikelihood(logits.subarray(i * vocabSize, (i + 1) * vocabSize), target);
    bytes += (table.offsets[target + 1] ?? 0) - (table.offsets[target] ?? 0);
  }
  return { windows: 1, tokens: tokens.length - 1, bytes, nats };
}

/** ln Σ exp(l_j) - l_target, shifted by the largest logit so that exp does not overflow. */
export function negativeLogLikelihood(row: Float32Array, target: number): number {
  let max = -Infinity;
  for (const logit of row) {
    if (logit > max) {
      max = logit;
    }
  }
  let sum = 0;
  for (const logit of row) {
    sum += Math.exp(logit - max);
  }
  return Math.log(sum) + max - (row[target] ?? -Infinity);
}
