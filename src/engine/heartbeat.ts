/**
 * Notices a worker that no longer answers, while requests are in flight and only then: an idle engine has no timer.
 * Silence is counted in beats rather than read off a clock, so a machine that slept or a busy host does not look like a hung worker.
 */
import type { Timers } from './timers';

export interface HeartbeatOptions {
  readonly intervalMs: number;
  readonly hangAfterMs: number;
}

export const HEARTBEAT: HeartbeatOptions = { intervalMs: 2000, hangAfterMs: 10_000 };

export class Heartbeat {
  private inFlight = 0;
  private silentMs = 0;
  private awaitingAnswer = false;
  private cancelTimer: (() => void) | undefined;

  constructor(
    private readonly options: HeartbeatOptions,
    private readonly timers: Timers,
    /** Resolves when the worker answers; a rejection counts as silence. */
    private readonly ping: () => Promise<unknown>,
    private readonly onHang: (silentMs: number) => void,
  ) {}

  requestStarted(): void {
    this.inFlight++;
    if (this.inFlight === 1) {
      this.silentMs = 0;
      this.schedule();
    }
  }

  requestEnded(): void {
    this.inFlight--;
    if (this.inFlight === 0) {
      this.stop();
    }
  }

  stop(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
  }

  private schedule(): void {
    this.cancelTimer = this.timers.after(this.options.intervalMs, () => this.beat());
  }

  private beat(): void {
    if (this.awaitingAnswer) {
      this.silentMs += this.options.intervalMs;
      if (this.silentMs >= this.options.hangAfterMs) {
        this.stop();
        this.onHang(this.silentMs);
        return;
      }
    } else {
      this.sendPing();
    }
    this.schedule();
  }

  private sendPing(): void {
    this.awaitingAnswer = true;
    this.silentMs = 0;
    this.ping().then(
      () => {
        this.awaitingAnswer = false;
        this.silentMs = 0;
      },
      () => undefined,
    );
  }
}
