/**
 * A fake engine whose answers the test gives by hand, with a clock that the test moves: for what happens while a request runs.
 */
import type { Generate } from '../../../src/completion/completeOnce';
import type { Schedule } from '../../../src/completion/inFlightCompletion';
import { resultOf } from './scriptedEngine';

export interface OpenRequest {
  readonly request: Parameters<Generate>[0];
  readonly signal: AbortSignal;
  /** Tokens arrive. */
  stream(text: string): void;
  /** The request ends; see resultOf for the notation. */
  finish(line: string): void;
  fail(error: Error): void;
}

/** Like the real client: an aborted request is answered at once, with stopReason 'cancelled'. */
export function controlledEngine(): { readonly generate: Generate; readonly requests: OpenRequest[] } {
  const requests: OpenRequest[] = [];
  const generate: Generate = (request, signal, onTokens) =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => resolve({ ...resultOf(''), stopReason: 'cancelled' }));
      requests.push({
        request,
        signal,
        stream: (text) => onTokens?.({ requestId: 'x', text, tokens: [{ id: 1, logProb: -0.1 }] }),
        finish: (line) => resolve(resultOf(line)),
        fail: reject,
      });
    });
  return { generate, requests };
}

export interface ManualClock {
  readonly schedule: Schedule;
  readonly now: () => number;
  advance(ms: number): void;
}

export function manualClock(): ManualClock {
  let nowMs = 0;
  let tasks: { atMs: number; task: () => void }[] = [];
  return {
    now: () => nowMs,
    schedule: (delayMs, task) => {
      const entry = { atMs: nowMs + delayMs, task };
      tasks.push(entry);
      return () => {
        tasks = tasks.filter((other) => other !== entry);
      };
    },
    advance(ms) {
      nowMs += ms;
      const due = tasks.filter((entry) => entry.atMs <= nowMs);
      tasks = tasks.filter((entry) => entry.atMs > nowMs);
      for (const entry of due) entry.task();
    },
  };
}

/** Lets everything that is ready run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
