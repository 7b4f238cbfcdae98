/**
 * How close predicted mode is to dense mode through the decode path: every position is masked as it would be when
 * generating, and errors compound through layers and positions. Exact mode stands for dense: it has the same bits.
 */
import type { NativeEngine, NativeLayerPolicy } from '../worker/nativeBinding';

export interface Fidelity {
  readonly tokens: number;
  readonly denseLoss: number;
  readonly predictedLoss: number;
  /** predictedLoss / denseLoss - 1 */
  readonly lossChange: number;
  /** Share of positions whose most likely token is the same. */
  readonly top1Agreement: number;
  /** Mean and 99th percentile of KL(dense ‖ predicted), in nats. */
  readonly meanKl: number;
  readonly p99Kl: number;
}

/** Published bar of predicted mode: loss within 0.5 %, the same first choice at 99 % of the positions. */
export const FIDELITY_BAR = { lossChange: 0.005, top1Agreement: 0.99 } as const;

export function meetsBar({ lossChange, top1Agreement }: Pick<Fidelity, 'lossChange' | 'top1Agreement'>): boolean {
  return lossChange <= FIDELITY_BAR.lossChange && top1Agreement >= FIDELITY_BAR.top1Agreement;
}

/** One Fidelity for each policy: the dense side of a window is computed once and meets all of them. */
export async function measureFidelity(
  engine: NativeEngine,
  windows: readonly Int32Array[],
  policies: readonly (readonly NativeLayerPolicy[])[],
): Promise<Fidelity[]> {
  const sums = policies.map(() => new FidelitySum());
  for (const window of windows) {
    const dense = await engine.logits(window, 1, 'exact');
    for (const [i, policy] of policies.entries()) {
      engine.setPolicy(policy);
      sums[i]?.add(window, dense, await engine.logits(window, 1, 'predicted'));
    }
  }
  return sums.map((sum) => sum.result());
}

class FidelitySum {
  private denseNats = 0;
  private predictedNats = 0;
  private same = 0;
  private readonly divergences: number[] = [];

  /** Logits are [window.length, vocabSize]; the last row predicts nothing. */
  add(window: Int32Array, dense: Float32Array, predicted: Float32Array): void {
    const vocabSize = dense.length / window.length;
    for (let i = 0; i + 1 < window.length; i++) {
      const [begin, end] = [i * vocabSize, (i + 1) * vocabSize];
      const row = compareRows(dense.subarray(begin, end), predicted.subarray(begin, end), window[i + 1] ?? 0);
      this.denseNats += row.lossA;
      this.predictedNats += row.lossB;
      this.same += row.sameFirst ? 1 : 0;
      this.divergences.push(row.kl);
    }
  }

  result(): Fidelity {
    const tokens = this.divergences.length;
    const sorted = [...this.divergences].sort((x, y) => x - y);
    return {
      tokens,
      denseLoss: this.denseNats / tokens,
      predictedLoss: this.predictedNats / tokens,
      lossChange: this.predictedNats / this.denseNats - 1,
      top1Agreement: this.same / tokens,
      meanKl: sorted.reduce((sum, value) => sum + value, 0) / tokens,
      p99Kl: sorted[Math.floor(0.99 * (tokens - 1))] ?? 0,
    };
  }
}

export interface RowComparison {
  /** -ln p(target) under each row. */
  readonly lossA: number;
  readonly lossB: number;
  /** The most likely token is the same. */
  readonly sameFirst: boolean;
  /** KL(softmax a ‖ softmax b) in nats. */
  readonly kl: number;
}

/** Two passes over a vocabulary of tens of thousands, for thousands of positions: written as plain loops. */
export function compareRows(a: Float32Array, b: Float32Array, target: number): RowComparison {
  let firstA = 0;
  let firstB = 0;
  let maxA = -Infinity;
  let maxB = -Infinity;
  for (let i = 0; i < a.length; i++) {
    const valueA = a[i] ?? 0;
    const valueB = b[i] ?? 0;
    if (valueA > maxA) {
      maxA = valueA;
      firstA = i;
    }
    if (valueB > maxB) {
      maxB = valueB;
      firstB = i;
    }
  }
  let sumA = 0;
  let sumB = 0;
  let weighted = 0; // sum of exp(a - maxA) (a - b)
  for (let i = 0; i < a.length; i++) {
    const valueA = a[i] ?? 0;
    const valueB = b[i] ?? 0;
    const e = Math.exp(valueA - maxA);
    sumA += e;
    sumB += Math.exp(valueB - maxB);
    weighted += e * (valueA - valueB);
  }
  const logSumA = Math.log(sumA) + maxA;
  const logSumB = Math.log(sumB) + maxB;
  return {
    lossA: logSumA - (a[target] ?? -Infinity),
    lossB: logSumB - (b[target] ?? -Infinity),
    sameFirst: firstA === firstB,
    kl: Math.max(weighted / sumA - logSumA + logSumB, 0),
  };
}
