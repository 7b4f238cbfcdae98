/**
 * When a worker that died is started again: with a delay that doubles, and only so often.
 * Pure: the clock comes in as a parameter.
 */
export interface RestartLimits {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  readonly maxRestarts: number;
  readonly windowMs: number;
}

export const RESTART_LIMITS: RestartLimits = { firstDelayMs: 250, maxDelayMs: 8000, maxRestarts: 5, windowMs: 5 * 60_000 };

export class RestartPolicy {
  private restartsAtMs: number[] = [];

  constructor(
    private readonly limits: RestartLimits,
    private readonly nowMs: () => number,
  ) {}

  /** The delay before the next restart, or undefined when there were too many in the window. */
  nextDelayMs(): number | undefined {
    const now = this.nowMs();
    this.restartsAtMs = this.restartsAtMs.filter((atMs) => now - atMs < this.limits.windowMs);
    if (this.restartsAtMs.length >= this.limits.maxRestarts) {
      return undefined;
    }
    const delayMs = Math.min(this.limits.firstDelayMs * 2 ** this.restartsAtMs.length, this.limits.maxDelayMs);
    this.restartsAtMs.push(now);
    return delayMs;
  }

  reset(): void {
    this.restartsAtMs = [];
  }
}
