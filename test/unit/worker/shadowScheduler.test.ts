/**
 * When a shadow check runs, with time moved by hand and probes that end when the test says so.
 */
import { describe, expect, it } from 'vitest';
import type { GenerateResult } from '../../../src/protocol/engineProtocol';
import type { ShadowCheck } from '../../../src/protocol/metrics';
import type { ShadowFindings } from '../../../src/worker/backends/backend';
import { ShadowScheduler } from '../../../src/worker/shadowScheduler';
import { FakeTimers } from '../engine/fakeTimers';
import { resultOf } from '../completion/scriptedEngine';

const LIMITS = { idleMs: 300, everyNTokens: 4, everyMRequests: 3 };
const FINDINGS = { everyN: 4, positions: 2, neuronRecall: [0.9], massRecall: [0.99] };
const SEQUENCE = { ids: Int32Array.of(1, 2, 3), promptLength: 1 };

class Bench {
  readonly timers = new FakeTimers();
  readonly reported: ShadowCheck[] = [];
  readonly failures: unknown[] = [];
  readonly probes: { signal: AbortSignal; end: (findings: ShadowFindings) => void; fail: (error: Error) => void }[] = [];
  readonly scheduler = new ShadowScheduler(LIMITS, {
    probe: (_sequence, _everyN, signal) =>
      new Promise((resolve, reject) => {
        this.probes.push({ signal, end: resolve, fail: reject });
      }),
    report: (check) => this.reported.push(check),
    failed: (error) => this.failures.push(error),
    after: (delayMs, task) => this.timers.after(delayMs, task),
  });

  /** A request from its start to its end. */
  async request(change: Partial<GenerateResult> = {}): Promise<void> {
    await this.scheduler.preempt();
    this.scheduler.requestEnded({ ...resultOf('text'), mode: 'predicted', ...change }, () => SEQUENCE);
  }

  async endProbe(findings: ShadowFindings): Promise<void> {
    this.probes.at(-1)?.end(findings);
    await this.scheduler.preempt();
  }
}

describe('a shadow check', () => {
  it('begins when nothing was asked for during the idle time, and reports for the request it looked at', async () => {
    const bench = new Bench();
    await bench.request({ requestId: 'r1' });
    bench.timers.advance(299);
    expect(bench.probes).toHaveLength(0);
    bench.timers.advance(1);
    expect(bench.probes).toHaveLength(1);
    await bench.endProbe(FINDINGS);
    expect(bench.reported).toEqual([{ requestId: 'r1', ...FINDINGS }]);
  });

  it('leaves no timer behind', async () => {
    const bench = new Bench();
    await bench.request();
    bench.timers.advance(300);
    await bench.endProbe(FINDINGS);
    expect(bench.timers.count).toBe(0);
  });

  it.each<[string, Partial<GenerateResult>]>([
    ['a request in exact mode', { mode: 'exact' }],
    ['a request in dense mode', { mode: 'dense' }],
    ['a cancelled request', { stopReason: 'cancelled' }],
    ['a request without an answer', { tokens: [] }],
  ])('does not follow %s, which costs no timer either', async (_name, change) => {
    const bench = new Bench();
    await bench.request(change);
    expect(bench.timers.count).toBe(0);
  });

  it('waits anew when another request comes within the idle time', async () => {
    const bench = new Bench();
    await bench.request();
    bench.timers.advance(200);
    await bench.request();
    bench.timers.advance(200);
    expect(bench.probes).toHaveLength(0);
    bench.timers.advance(100);
    expect(bench.probes).toHaveLength(1);
  });

  it('gives way at once: its signal aborts and the request waits only for the end of its slice', async () => {
    const bench = new Bench();
    await bench.request();
    bench.timers.advance(300);
    let free = false;
    const preempted = bench.scheduler.preempt().then(() => (free = true));
    expect(bench.probes[0]?.signal.aborted).toBe(true);
    await Promise.resolve();
    expect(free).toBe(false);
    bench.probes[0]?.end({ ...FINDINGS, positions: 1 });
    await preempted;
    expect(bench.reported).toMatchObject([{ positions: 1 }]);
  });

  it('comes at most once in so many requests', async () => {
    const bench = new Bench();
    for (let i = 0; i < 7; i++) {
      await bench.request();
      bench.timers.advance(300);
      await bench.endProbe(FINDINGS);
    }
    expect(bench.probes).toHaveLength(3);
  });

  it('that found nothing before it was stopped is tried after the next request', async () => {
    const bench = new Bench();
    await bench.request();
    bench.timers.advance(300);
    await bench.endProbe(undefined);
    expect(bench.reported).toEqual([]);
    await bench.request();
    bench.timers.advance(300);
    expect(bench.probes).toHaveLength(2);
  });

  it('that fails says so, and the next request runs', async () => {
    const bench = new Bench();
    await bench.request();
    bench.timers.advance(300);
    bench.probes[0]?.fail(new Error('no memory'));
    await bench.request();
    expect(bench.failures).toMatchObject([{ message: 'no memory' }]);
    expect(bench.timers.count).toBe(0);
  });
});
