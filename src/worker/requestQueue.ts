/**
 * Orders generate requests in the worker: one runs at a time, completions go before chat, and a newer completion cancels older ones.
 * Pure logic: the clock and the work come in as parameters. It knows nothing about models or messages.
 *
 * A completion that arrives while a chat answer is being written waits for that answer to end. Hosts therefore chat in a worker of its own,
 * which they pause meanwhile: suspending an answer within one process would need a second KV cache.
 */
import type { RequestPriority } from '../protocol/engineProtocol';
import { invalidRequest, queueFull } from './workerErrors';

export interface QueuedWork<Value> {
  readonly requestId: string;
  readonly priority: RequestPriority;
  /** Ends soon after the signal aborts; what it resolves with then is still handed on. */
  readonly run: (signal: AbortSignal) => Promise<Value>;
}

export type QueueOutcome<Value> =
  | { readonly kind: 'ran'; readonly value: Value; readonly queueMs: number }
  | { readonly kind: 'cancelled-in-queue'; readonly queueMs: number };

interface Entry<Value> {
  readonly work: QueuedWork<Value>;
  readonly enqueuedAtMs: number;
  readonly controller: AbortController;
  readonly resolve: (outcome: QueueOutcome<Value>) => void;
  readonly reject: (error: unknown) => void;
}

export class RequestQueue<Value> {
  private running: Entry<Value> | undefined;
  private waiting: Entry<Value>[] = [];
  private idleListeners: (() => void)[] = [];

  constructor(
    private readonly limit: number,
    private readonly nowMs: () => number,
  ) {}

  get size(): number {
    return this.waiting.length + (this.running === undefined ? 0 : 1);
  }

  /** Rejects with 'queue-full' or, for an id that is in the queue already, 'invalid-request'; otherwise settles as the work does. */
  submit(work: QueuedWork<Value>): Promise<QueueOutcome<Value>> {
    if (this.find(work.requestId) !== undefined) {
      return Promise.reject(invalidRequest('generate', `request id ${work.requestId} is in use`));
    }
    if (work.priority === 'completion') {
      this.cancelCompletions();
    }
    if (this.waiting.length >= this.limit) {
      return Promise.reject(queueFull(this.limit));
    }
    return new Promise((resolve, reject) => {
      this.enqueue({ work, enqueuedAtMs: this.nowMs(), controller: new AbortController(), resolve, reject });
      this.startNext();
    });
  }

  /** An unknown id is ignored: the request may just have ended. */
  cancel(requestId: string): void {
    const entry = this.find(requestId);
    if (entry !== undefined) {
      this.cancelEntry(entry);
    }
  }

  cancelAll(): void {
    for (const entry of this.entries()) {
      this.cancelEntry(entry);
    }
  }

  /** Resolves as soon as nothing runs or waits. */
  whenIdle(): Promise<void> {
    if (this.size === 0) {
      return Promise.resolve();
    }
    return new Promise((resolve) => this.idleListeners.push(resolve));
  }

  private cancelCompletions(): void {
    for (const entry of this.entries()) {
      if (entry.work.priority === 'completion') {
        this.cancelEntry(entry);
      }
    }
  }

  private cancelEntry(entry: Entry<Value>): void {
    if (entry === this.running) {
      entry.controller.abort();
      return;
    }
    this.waiting = this.waiting.filter((other) => other !== entry);
    entry.resolve({ kind: 'cancelled-in-queue', queueMs: this.nowMs() - entry.enqueuedAtMs });
  }

  private enqueue(entry: Entry<Value>): void {
    const firstChat = this.waiting.findIndex((other) => other.work.priority === 'chat');
    if (entry.work.priority === 'completion' && firstChat >= 0) {
      this.waiting.splice(firstChat, 0, entry);
    } else {
      this.waiting.push(entry);
    }
  }

  private startNext(): void {
    if (this.running !== undefined) {
      return;
    }
    const entry = this.waiting.shift();
    if (entry === undefined) {
      const listeners = this.idleListeners;
      this.idleListeners = [];
      listeners.forEach((listener) => listener());
      return;
    }
    this.running = entry;
    void this.run(entry);
  }

  private async run(entry: Entry<Value>): Promise<void> {
    const queueMs = this.nowMs() - entry.enqueuedAtMs;
    try {
      const value = await entry.work.run(entry.controller.signal);
      entry.resolve({ kind: 'ran', value, queueMs });
    } catch (error) {
      entry.reject(error);
    } finally {
      this.running = undefined;
      this.startNext();
    }
  }

  private find(requestId: string): Entry<Value> | undefined {
    return this.entries().find((entry) => entry.work.requestId === requestId);
  }

  private entries(): Entry<Value>[] {
    return this.running === undefined ? [...this.waiting] : [this.running, ...this.waiting];
  }
}
