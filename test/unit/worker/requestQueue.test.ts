/**
 * The order of requests in the worker, with a clock that is moved by hand and work that ends when the test says so.
 */
import { describe, expect, it } from 'vitest';
import type { RequestPriority } from '../../../src/protocol/engineProtocol';
import { RequestQueue, type QueueOutcome } from '../../../src/worker/requestQueue';

class Bench {
  nowMs = 0;
  readonly started: string[] = [];
  readonly signals = new Map<string, AbortSignal>();
  readonly queue: RequestQueue<string>;
  private readonly enders = new Map<string, { resolve: (value: string) => void; reject: (error: Error) => void }>();

  constructor(limit = 4) {
    this.queue = new RequestQueue(limit, () => this.nowMs);
  }

  submit(requestId: string, priority: RequestPriority = 'completion'): Promise<QueueOutcome<string>> {
    return this.queue.submit({
      requestId,
      priority,
      run: (signal) => {
        this.started.push(requestId);
        this.signals.set(requestId, signal);
        return new Promise((resolve, reject) => this.enders.set(requestId, { resolve, reject }));
      },
    });
  }

  end(requestId: string): void {
    this.enders.get(requestId)?.resolve(`text of ${requestId}`);
  }

  fail(requestId: string): void {
    this.enders.get(requestId)?.reject(new Error(`failure of ${requestId}`));
  }

  isAborted(requestId: string): boolean | undefined {
    return this.signals.get(requestId)?.aborted;
  }
}

describe('one request', () => {
  it('starts at once and reports that it did not wait', async () => {
    const bench = new Bench();
    const outcome = bench.submit('a');
    bench.end('a');
    expect(await outcome).toEqual({ kind: 'ran', value: 'text of a', queueMs: 0 });
    expect(bench.queue.size).toBe(0);
  });

  it('fails with what its work threw', async () => {
    const bench = new Bench();
    const outcome = bench.submit('a');
    bench.fail('a');
    await expect(outcome).rejects.toThrow('failure of a');
  });

  it('that is cancelled ends with what its work gives then', async () => {
    const bench = new Bench();
    const outcome = bench.submit('a');
    bench.queue.cancel('a');
    expect(bench.isAborted('a')).toBe(true);
    bench.end('a');
    expect((await outcome).kind).toBe('ran');
  });
});

describe('several requests', () => {
  it('run one after the other and report how long they waited', async () => {
    const bench = new Bench();
    const first = bench.submit('a', 'chat');
    const second = bench.submit('b', 'chat');
    expect(bench.started).toEqual(['a']);
    bench.nowMs = 30;
    bench.end('a');
    await first;
    await Promise.resolve();
    bench.end('b');
    expect(await second).toEqual({ kind: 'ran', value: 'text of b', queueMs: 30 });
  });

  it('go on after one of them failed', async () => {
    const bench = new Bench();
    const first = bench.submit('a', 'chat');
    const second = bench.submit('b', 'chat');
    bench.fail('a');
    await expect(first).rejects.toThrow();
    bench.end('b');
    expect((await second).kind).toBe('ran');
  });

  it('let a newer completion cancel the running one and the waiting one, but not chat', async () => {
    const bench = new Bench();
    const running = bench.submit('old', 'completion');
    const chat = bench.submit('chat', 'chat');
    const waiting = bench.submit('older', 'completion');
    bench.nowMs = 5;
    const newest = bench.submit('new', 'completion');
    expect(await waiting).toEqual({ kind: 'cancelled-in-queue', queueMs: 5 });
    expect(bench.isAborted('old')).toBe(true);
    bench.end('old');
    await running;
    await Promise.resolve();
    expect(bench.started).toEqual(['old', 'new']);
    bench.end('new');
    await newest;
    await Promise.resolve();
    bench.end('chat');
    expect((await chat).kind).toBe('ran');
    expect(bench.isAborted('chat')).toBe(false);
  });

  it('are refused beyond the limit, and those that wait stay', async () => {
    const bench = new Bench(2);
    const outcomes = ['running', 'first', 'second'].map((id) => bench.submit(id, 'chat'));
    await expect(bench.submit('too many', 'chat')).rejects.toMatchObject({ code: 'queue-full' });
    bench.queue.cancelAll();
    bench.end('running');
    expect((await Promise.all(outcomes)).map((outcome) => outcome.kind)).toEqual(['ran', 'cancelled-in-queue', 'cancelled-in-queue']);
    expect(bench.started).toEqual(['running']);
  });

  it('must have different ids', async () => {
    const bench = new Bench();
    void bench.submit('a', 'chat');
    await expect(bench.submit('a', 'chat')).rejects.toMatchObject({ code: 'invalid-request' });
    bench.end('a');
  });

  it('are not disturbed by the cancelling of an unknown id', () => {
    const bench = new Bench();
    void bench.submit('a');
    bench.queue.cancel('nobody');
    expect(bench.isAborted('a')).toBe(false);
    bench.end('a');
  });
});

describe('whenIdle', () => {
  it('resolves only after the last request', async () => {
    const bench = new Bench();
    void bench.submit('a', 'chat');
    void bench.submit('b', 'chat');
    const order: string[] = [];
    const idle = bench.queue.whenIdle().then(() => order.push(`idle with ${bench.started.join(' ')}`));
    bench.end('a');
    await Promise.resolve();
    await Promise.resolve();
    bench.end('b');
    await idle;
    expect(order).toEqual(['idle with a b']);
    await bench.queue.whenIdle();
  });
});
