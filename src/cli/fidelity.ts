/**
 * How close predicted mode is to dense mode through the decode path: every position is masked as it would be when
 * generating, and errors compound through layers and positions. Exact mode stands for dense: it has the same bits.
 */
import type { NativeEngine } from '../worker/nativeBinding';

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

/** The dense side of a comparison: windows and their logits [tokens, vocabSize], computed once for many policies. */
export interface DenseReference {
  readonly window: Int32Array;
  readonly logits: Float32Array;
}

export async function denseReferences(engine: NativeEngine, windows: readonly Int32Array[]): Promise<DenseReference[]> {
  const references: DenseReference[] = [];
  for (const window of windows) {
    references.push({ window, logits: await engine.logits(window, 1, 'exact') });
  }
  return references;
}

export async function measureFidelity(engine: NativeEngine, references: readonly DenseReference[]): Promise<Fidelity> {
  let denseNats = 0;
  let predictedNats = 0;
  let same = 0;
  const divergences: number[] = [];
  for (const { window, logits: dense } of references) {
    const predicted = await engine.logits(window, 1, 'predicted');
    const vocabSize = dense.length / window.length;
    for (let i = 0; i + 1 < window.length; i++) {
      const [begin, end] = [i * vocabSize, (i + 1) * vocabSize];
      const { lossA, lossB, sameFirst, kl } = compareRows(dense.subarray(begin, end), predicted.subarray(begin, end), window[i + 1] ?? 0);
      denseNats += lossA;
      predictedNats += lossB;
      same += sameFirst ? 1 : 0;
      divergences.push(kl);
    }
  }
  const tokens = divergences.length;
  divergences.sort((x, y) => x - y);
  return {
    tokens,
    denseLoss: denseNats / tokens,
    predictedLoss: predictedNats / tokens,
    lossChange: predictedNats / denseNats - 1,
    top1Agreement: same / tokens,
    meanKl: divergences.reduce((sum, value) => sum + value, 0) / tokens,
    p99Kl: divergences[Math.floor(0.99 * (tokens - 1))] ?? 0,
  };
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
