/**
 * Asks the engine how the activations spread over the neurons: seldom, and only after something was decoded while the view is visible.
 * Keeps the last answer; an engine that cannot answer leaves the view without this part, not with an error.
 */
import { toEngineError } from '../../engine/engineError';
import type { Timers } from '../../engine/timers';
import type { NeuronActivity } from '../../protocol/metrics';

export interface HotNeuronsParts {
  /** Undefined while the engine is not ready. */
  readonly ask: () => Promise<NeuronActivity> | undefined;
  readonly timers: Timers;
  readonly onChange: () => void;
  readonly log: (message: string) => void;
}

export const ACTIVITY_INTERVAL_MS = 2000;

export class HotNeurons {
  private last: NeuronActivity | undefined;
  private askedAtMs = Number.NEGATIVE_INFINITY;
  private asking = false;
  private stale = true;
  private callOff: (() => void) | undefined;
  /** Grows when what was asked is of no use any more. */
  private generation = 0;

  constructor(private readonly parts: HotNeuronsParts) {}

  get activity(): NeuronActivity | undefined {
    return this.last;
  }

  /** Tokens were decoded. */
  invalidate(): void {
    this.stale = true;
  }

  /** Another model or worker: what was known is of the old one. */
  forget(): void {
    this.generation += 1;
    this.last = undefined;
    this.stale = true;
    this.asking = false;
  }

  /** Call while the view is visible; asks when there is news and the last time is long enough ago. */
  refresh(): void {
    if (!this.stale || this.asking || this.callOff) return;
    const { timers } = this.parts;
    const waitMs = this.askedAtMs + ACTIVITY_INTERVAL_MS - timers.nowMs();
    if (waitMs <= 0) {
      void this.ask();
      return;
    }
    this.callOff = timers.after(waitMs, () => {
      this.callOff = undefined;
      void this.ask();
    });
  }

  /** Nobody looks any more. */
  pause(): void {
    this.callOff?.();
    this.callOff = undefined;
  }

  private async ask(): Promise<void> {
    const answer = this.parts.ask();
    if (answer === undefined) return;
    const { generation } = this;
    this.asking = true;
    this.stale = false;
    this.askedAtMs = this.parts.timers.nowMs();
    try {
      const activity = await answer;
      if (generation !== this.generation) return;
      this.last = activity;
      this.parts.onChange();
    } catch (thrown) {
      this.parts.log(`The activity of the neurons is not known: ${toEngineError(thrown).message}`);
    } finally {
      if (generation === this.generation) this.asking = false;
    }
  }
}
