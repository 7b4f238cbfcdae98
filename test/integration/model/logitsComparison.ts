/**
 * Distances between two sets of logits, and their arg-max per row.
 */

export function maxDifference(actual: Float32Array, expected: Float32Array): number {
  requireSameLength(actual, expected);
  let largest = 0;
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(at(actual, i) - at(expected, i));
    if (!(difference <= largest)) {
      largest = difference; // also when it is NaN
    }
  }
  return largest;
}

/** Root of the mean squared difference. */
export function rmsDifference(actual: Float32Array, expected: Float32Array): number {
  requireSameLength(actual, expected);
  let sum = 0;
  for (let i = 0; i < actual.length; i++) {
    sum += (at(actual, i) - at(expected, i)) ** 2;
  }
  return Math.sqrt(sum / actual.length);
}

export function standardDeviation(values: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return Math.sqrt(squares / values.length - mean * mean);
}

/** Index of the largest value of every row; the first one of equal values. */
export function argMaxOfRows(logits: Float32Array, vocabSize: number): Int32Array {
  const best = new Int32Array(logits.length / vocabSize);
  for (const row of best.keys()) {
    let largest = 0;
    for (let id = 1; id < vocabSize; id++) {
      if (at(logits, row * vocabSize + id) > at(logits, row * vocabSize + largest)) {
        largest = id;
      }
    }
    best[row] = largest;
  }
  return best;
}

/** Share of positions with the same value, 0..1. */
export function agreement(left: ArrayLike<number>, right: ArrayLike<number>): number {
  requireSameLength(left, right);
  let same = 0;
  for (let i = 0; i < left.length; i++) {
    same += left[i] === right[i] ? 1 : 0;
  }
  return same / left.length;
}

export function sameBits(left: Float32Array, right: Float32Array): boolean {
  return bytesOf(left).equals(bytesOf(right));
}

function bytesOf(values: Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

function at(values: Float32Array, index: number): number {
  return values[index] ?? Number.NaN;
}

function requireSameLength(left: ArrayLike<number>, right: ArrayLike<number>): void {
  if (left.length !== right.length || left.length === 0) {
    throw new Error(`expected as many values as the reference has, ${right.length}, and got ${left.length}`);
  }
}
