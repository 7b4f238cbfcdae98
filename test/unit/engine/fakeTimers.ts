/**
 * Time that stands still until the test moves it.
 */
import type { Timers } from '../../../src/engine/timers';

export class FakeTimers implements Timers {
  private now = 0;
  private pending: { atMs: number; callback: () => void }[] = [];

  nowMs(): number {
    return this.now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.now + delayMs, callback };
    this.pending.push(timer);
    return () => {
      this.pending = this.pending.filter((other) => other !== timer);
    };
  }

  get count(): number {
    return this.pending.length;
  }

  /** How long until the next timer; undefined when there is none. */
  get nextInMs(): number | undefined {
    return this.pending.length === 0 ? undefined : Math.min(...this.pending.map((timer) => timer.atMs)) - this.now;
  }

  advance(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const due = this.pending.filter((timer) => timer.atMs <= end).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) {
        this.now = end;
        return;
      }
      this.now = due.atMs;
      this.pending = this.pending.filter((timer) => timer !== due);
      due.callback();
    }
  }
}
