/**
 * Time as a parameter: product code passes the real clock, tests one that they move by hand.
 */
export interface Timers {
  nowMs(): number;
  /** Calls back once after the delay; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void;
}

export const REAL_TIMERS: Timers = {
  nowMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
