/**
 * When the view gets a state: at most every DASHBOARD_INTERVAL_MS, only while somebody looks, and only when something changed.
 * A timer runs only between a change and the state that tells it; with nothing to tell there is none.
 */
import type { Timers } from '../../engine/timers';
import { DASHBOARD_INTERVAL_MS } from '../../protocol/dashboard';

export interface PusherParts<State> {
  readonly timers: Timers;
  readonly state: () => State;
  readonly post: (state: State) => void;
}

export class StatePusher<State> {
  private visible = false;
  /** The last state as JSON; undefined when the view has none, or a state must be told again. */
  private told: string | undefined;
  private toldAtMs = Number.NEGATIVE_INFINITY;
  private callOff: (() => void) | undefined;

  constructor(private readonly parts: PusherParts<State>) {}

  get isVisible(): boolean {
    return this.visible;
  }

  /** Somebody looks. The first state goes out with `renew`, or with the next change. */
  show(): void {
    this.visible = true;
  }

  hide(): void {
    this.visible = false;
    this.cancelTimer();
  }

  /** The view has lost or never had its state: it gets one whether or not anything changed. */
  renew(): void {
    this.told = undefined;
    this.changed();
  }

  /** Something may have changed. */
  changed(): void {
    if (!this.visible || this.callOff) return;
    const { timers } = this.parts;
    const waitMs = this.toldAtMs + DASHBOARD_INTERVAL_MS - timers.nowMs();
    if (waitMs <= 0) {
      this.push();
      return;
    }
    this.callOff = timers.after(waitMs, () => {
      this.callOff = undefined;
      this.push();
    });
  }

  private push(): void {
    const state = this.parts.state();
    const json = JSON.stringify(state);
    if (json === this.told) return;
    this.told = json;
    this.toldAtMs = this.parts.timers.nowMs();
    this.parts.post(state);
  }

  private cancelTimer(): void {
    this.callOff?.();
    this.callOff = undefined;
  }
}
