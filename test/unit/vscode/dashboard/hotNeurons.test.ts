import { describe, expect, test } from 'vitest';
import type { NeuronActivity } from '../../../../src/protocol/metrics';
import { ACTIVITY_INTERVAL_MS, HotNeurons } from '../../../../src/vscode/dashboard/hotNeurons';
import { settle } from '../../completion/controlledEngine';
import { FakeTimers } from '../../engine/fakeTimers';

function setUp(ask?: () => Promise<NeuronActivity> | undefined) {
  const timers = new FakeTimers();
  const logged: string[] = [];
  const seen = { asked: 0, changes: 0 };
  const counted = (): Promise<NeuronActivity> => Promise.resolve({ tokens: seen.asked, hotShare: 0.2, hotShares: [0.2] });
  const hot = new HotNeurons({
    ask: () => {
      seen.asked += 1;
      return (ask ?? counted)();
    },
    timers,
    onChange: () => (seen.changes += 1),
    log: (message) => logged.push(message),
  });
  return { hot, timers, logged, seen };
}

describe('hot neurons', () => {
  test('are asked for once, and kept', async () => {
    const { hot, seen } = setUp();
    hot.refresh();
    hot.refresh();
    await settle();
    expect(hot.activity).toMatchObject({ tokens: 1 });
    hot.refresh();
    expect(seen).toEqual({ asked: 1, changes: 1 });
  });

  test('are asked for again after new tokens, but seldom, and the last tokens are not missed', async () => {
    const { hot, timers, seen } = setUp();
    hot.refresh();
    await settle();
    for (let count = 0; count < 100; count++) {
      hot.invalidate();
      hot.refresh();
    }
    expect(seen.asked).toBe(1);
    timers.advance(ACTIVITY_INTERVAL_MS);
    await settle();
    expect(seen.asked).toBe(2);
    timers.advance(60_000);
    expect({ asked: seen.asked, timers: timers.count }).toEqual({ asked: 2, timers: 0 });
  });

  test('nothing waits while nobody looks', async () => {
    const { hot, timers, seen } = setUp();
    hot.refresh();
    await settle();
    hot.invalidate();
    hot.refresh();
    hot.pause();
    timers.advance(60_000);
    expect({ asked: seen.asked, timers: timers.count }).toEqual({ asked: 1, timers: 0 });
  });

  test('an engine that is not ready is asked when it is', async () => {
    const engine: { answer: Promise<NeuronActivity> | undefined } = { answer: undefined };
    const { hot } = setUp(() => engine.answer);
    hot.refresh();
    expect(hot.activity).toBeUndefined();
    engine.answer = Promise.resolve({ tokens: 3, hotShare: 0.1, hotShares: [0.1] });
    hot.refresh();
    await settle();
    expect(hot.activity).toMatchObject({ tokens: 3 });
  });

  test('an engine that cannot answer leaves a line in the log and no figure', async () => {
    const { hot, logged, seen } = setUp(() => Promise.reject(new Error('unknown method')));
    hot.refresh();
    await settle();
    expect(hot.activity).toBeUndefined();
    expect(logged.join()).toContain('unknown method');
    expect(seen.changes).toBe(0);
  });

  test('an answer about the model before is dropped', async () => {
    const answers: ((activity: NeuronActivity) => void)[] = [];
    const { hot } = setUp(() => new Promise((resolve) => answers.push(resolve)));
    hot.refresh();
    hot.forget();
    answers[0]?.({ tokens: 99, hotShare: 1, hotShares: [1] });
    await settle();
    expect(hot.activity).toBeUndefined();
  });
});
