/**
 * A list that keeps its newest values only, and percentiles over such a list.
 */

export class RingBuffer<T> {
  private readonly values: T[] = [];
  private next = 0;

  constructor(private readonly capacity: number) {}

  push(value: T): void {
    this.values[this.next] = value;
    this.next = (this.next + 1) % this.capacity;
  }

  /** The values kept, in no particular order. */
  toArray(): T[] {
    return [...this.values];
  }

  oldestFirst(): T[] {
    const oldest = this.values.length < this.capacity ? 0 : this.next;
    return [...this.values.slice(oldest), ...this.values.slice(0, oldest)];
  }
}

/** Nearest-rank percentile, `p` in 0..100; undefined for no values. */
export function percentile(values: readonly number[], p: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.ceil((p / 100) * sorted.length);
  return sorted[Math.min(Math.max(rank - 1, 0), sorted.length - 1)];
}
