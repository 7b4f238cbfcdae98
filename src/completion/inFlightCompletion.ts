/**
 * A completion that is being generated, and who waits for it.
 * Typing on does not kill a request whose text may still match: the next keystroke joins it. It is aborted when it no longer
 * matches, or when nobody has joined it for a short while.
 */
import type { CompletionOutcome } from './completeOnce';
import type { DocumentContext } from './documentContext';
import { anchorOf, typedSince, type Anchor } from './typedThrough';

/** Runs a task later; returns what calls it off. */
export type Schedule = (delayMs: number, task: () => void) => () => void;

/** Longer than the editor's pause between a keystroke and the next request (50 ms), shorter than anyone notices. */
export const ABANDON_AFTER_MS = 150;

export type JoinResult = 'finished' | 'mismatch' | 'left';

export class InFlightCompletion {
  readonly outcome: Promise<CompletionOutcome>;
  private readonly anchor: Anchor;
  private readonly controller = new AbortController();
  private readonly textListeners = new Set<() => void>();
  private streamedText = '';
  private settled = false;
  private waiters = 0;
  private callOffAbandon: (() => void) | undefined;

  constructor(
    context: DocumentContext,
    private readonly schedule: Schedule,
    run: (signal: AbortSignal, onText: (text: string) => void) => Promise<CompletionOutcome>,
  ) {
    this.anchor = anchorOf(context);
    this.outcome = run(this.controller.signal, (text) => this.advance(text)).finally(() => {
      this.settled = true;
    });
    // Whoever joins sees a failure; a request that everyone has left must not raise one.
    this.outcome.catch(() => undefined);
  }

  get isRunning(): boolean {
    return !this.settled && !this.controller.signal.aborted;
  }

  /** Whether the text that this request is writing may still fit the context. */
  mayServe(context: DocumentContext): boolean {
    if (!this.isRunning) return false;
    const typed = typedSince(this.anchor, context);
    return typed !== undefined && (typed.startsWith(this.streamedText) || this.streamedText.startsWith(typed));
  }

  /** Waits for the end of the request, for text that does not fit the context, or for the waiter's own signal, whichever is first. */
  join(context: DocumentContext, signal: AbortSignal): Promise<JoinResult> {
    this.callOffAbandon?.();
    this.waiters += 1;
    return new Promise<JoinResult>((resolve, reject) => {
      const leave = (): void => {
        this.waiters -= 1;
        signal.removeEventListener('abort', onAbort);
        this.textListeners.delete(onText);
      };
      const onAbort = (): void => {
        leave();
        this.abandonSoon();
        resolve('left');
      };
      const onText = (): void => {
        if (this.mayServe(context)) return;
        leave();
        resolve('mismatch');
      };
      this.textListeners.add(onText);
      this.outcome.then(
        () => {
          leave();
          resolve('finished');
        },
        (error: unknown) => {
          leave();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  abort(): void {
    this.callOffAbandon?.();
    this.controller.abort();
  }

  private advance(text: string): void {
    this.streamedText = text;
    for (const listener of [...this.textListeners]) listener();
  }

  private abandonSoon(): void {
    this.callOffAbandon?.();
    this.callOffAbandon = this.schedule(ABANDON_AFTER_MS, () => {
      if (this.waiters === 0) this.controller.abort();
    });
  }
}
