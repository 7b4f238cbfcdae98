/**
 * The heartbeat: silent while idle, patient with a slow worker, certain about a hung one.
 */
import { describe, expect, it } from 'vitest';
import { Heartbeat } from '../../../src/engine/heartbeat';
import { FakeTimers } from './fakeTimers';

class Bench {
  readonly timers = new FakeTimers();
  readonly hangs: number[] = [];
  pings = 0;
  answer: (() => void) | undefined;
  readonly heartbeat = new Heartbeat(
    { intervalMs: 2000, hangAfterMs: 10_000 },
    this.timers,
    () => {
      this.pings++;
      return new Promise<void>((resolve) => {
        this.answer = resolve;
      });
    },
    (silentMs) => this.hangs.push(silentMs),
  );

  async answerPing(): Promise<void> {
    this.answer?.();
    await Promise.resolve();
    await Promise.resolve();
  }
}

describe('Heartbeat', () => {
  it('has no timer and sends nothing while no request is in flight', () => {
    const bench = new Bench();
    bench.heartbeat.requestStarted();
    bench.heartbeat.requestEnded();
    bench.timers.advance(60_000);
    expect(bench.timers.count).toBe(0);
    expect(bench.pings).toBe(0);
  });

  it('pings every two seconds while a request is in flight and is answered', async () => {
    const bench = new Bench();
    bench.heartbeat.requestStarted();
    for (let i = 0; i < 10; i++) {
      bench.timers.advance(2000);
      await bench.answerPing();
    }
    expect(bench.pings).toBe(10);
    expect(bench.hangs).toEqual([]);
  });

  it('declares a hang ten seconds after a ping without an answer, once', () => {
    const bench = new Bench();
    bench.heartbeat.requestStarted();
    bench.timers.advance(2000 + 9999);
    expect(bench.hangs).toEqual([]);
    bench.timers.advance(1);
    expect(bench.hangs).toEqual([10_000]);
    bench.timers.advance(60_000);
    expect(bench.hangs).toHaveLength(1);
    expect(bench.timers.count).toBe(0);
  });

  it('forgives an answer that comes late', async () => {
    const bench = new Bench();
    bench.heartbeat.requestStarted();
    bench.timers.advance(9000);
    await bench.answerPing();
    bench.timers.advance(9000);
    expect(bench.hangs).toEqual([]);
  });

  it('does not blame a new request for the silence before it', () => {
    const bench = new Bench();
    bench.heartbeat.requestStarted();
    bench.timers.advance(9000);
    bench.heartbeat.requestEnded();
    bench.timers.advance(3_600_000);
    bench.heartbeat.requestStarted();
    bench.timers.advance(9000);
    expect(bench.hangs).toEqual([]);
    bench.timers.advance(2000);
    expect(bench.hangs).toHaveLength(1);
  });

  it('keeps one timer for many requests', () => {
    const bench = new Bench();
    for (let i = 0; i < 5; i++) bench.heartbeat.requestStarted();
    expect(bench.timers.count).toBe(1);
  });
});
