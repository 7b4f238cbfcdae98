/**
 * Counts the time that one pass of collecting spends on the extension host's thread, and says when to stop.
 * Waiting for files is not counted: it keeps nobody else waiting.
 */

export class WorkBudget {
  private spentMs = 0;

  constructor(
    private readonly now: () => number,
    private readonly limitMs: number,
  ) {}

  get usedMs(): number {
    return this.spentMs;
  }

  get exhausted(): boolean {
    return this.spentMs >= this.limitMs;
  }

  /** Runs synchronous work and adds its time. */
  run<T>(work: () => T): T {
    const startMs = this.now();
    try {
      return work();
    } finally {
      this.spentMs += this.now() - startMs;
    }
  }
}
