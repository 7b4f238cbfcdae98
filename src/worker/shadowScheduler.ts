/**
 * When predicted mode is checked against dense: in idle time after a request, seldom, and never in the way of the next request.
 * Pure logic over a backend's probe and a timer; an idle scheduler has no timer running.
 */
import type { GenerateResult } from '../protocol/engineProtocol';
import type { ShadowCheck } from '../protocol/metrics';
import type { ShadowFindings, TokenSequence } from './backends/backend';

export interface ShadowLimits {
  /** How long nothing may have been asked for before a check begins. */
  readonly idleMs: number;
  readonly everyNTokens: number;
  /** Requests from one check to the next, at least. */
  readonly everyMRequests: number;
}

export const SHADOW_LIMITS: ShadowLimits = { idleMs: 300, everyNTokens: 8, everyMRequests: 16 };

export interface ShadowParts {
  readonly probe: (sequence: TokenSequence, everyN: number, signal: AbortSignal) => Promise<ShadowFindings>;
  readonly report: (check: ShadowCheck) => void;
  readonly failed: (error: unknown) => void;
  /** Calls the task once, later; returns a function that prevents it. */
  readonly after: (delayMs: number, task: () => void) => () => void;
}

interface RunningCheck {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

export class ShadowScheduler {
  private cancelTimer: (() => void) | undefined;
  private running: RunningCheck | undefined;
  private requestsSinceCheck: number;

  constructor(
    private readonly limits: ShadowLimits,
    private readonly parts: ShadowParts,
  ) {
    // The first request that can be checked is.
    this.requestsSinceCheck = limits.everyMRequests;
  }

  /** Before anything else uses the backend. Resolves when no check runs any more, which takes one layer's work. */
  async preempt(): Promise<void> {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    const { running } = this;
    running?.controller.abort();
    await running?.ended;
  }

  /** After a request. `sequence` is asked for only when a check begins. */
  requestEnded(result: GenerateResult, sequence: () => TokenSequence): void {
    this.requestsSinceCheck += 1;
    const checkable = result.mode === 'predicted' && result.stopReason !== 'cancelled' && result.tokens.length > 0;
    if (!checkable || this.requestsSinceCheck < this.limits.everyMRequests) {
      return;
    }
    this.cancelTimer?.();
    this.cancelTimer = this.parts.after(this.limits.idleMs, () => {
      this.cancelTimer = undefined;
      const controller = new AbortController();
      this.running = { controller, ended: this.check(result.requestId, sequence(), controller.signal) };
    });
  }

  /** Never rejects: a check that fails must not fail the request that waits for its end. */
  private async check(requestId: string, sequence: TokenSequence, signal: AbortSignal): Promise<void> {
    try {
      const findings = await this.parts.probe(sequence, this.limits.everyNTokens, signal);
      if (findings !== undefined) {
        this.requestsSinceCheck = 0;
        this.parts.report({ requestId, ...findings });
      }
    } catch (error) {
      this.requestsSinceCheck = 0;
      this.parts.failed(error);
    } finally {
      this.running = undefined;
    }
  }
}
