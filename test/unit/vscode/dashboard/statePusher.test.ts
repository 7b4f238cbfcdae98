import { describe, expect, test } from 'vitest';
import { DASHBOARD_INTERVAL_MS } from '../../../../src/protocol/dashboard';
import { StatePusher } from '../../../../src/vscode/dashboard/statePusher';
import { FakeTimers } from '../../engine/fakeTimers';

function setUp() {
  const timers = new FakeTimers();
  const posted: { readonly value: number; readonly atMs: number }[] = [];
  const source = { value: 0, made: 0 };
  const state = (): { value: number } => {
    source.made += 1;
    return { value: source.value };
  };
  const pusher = new StatePusher({ timers, state, post: ({ value }) => posted.push({ value, atMs: timers.nowMs() }) });
  const change = (): void => {
    source.value += 1;
    pusher.changed();
  };
  return { timers, posted, source, pusher, change };
}

describe('states for the view', () => {
  test('the first goes out at once', () => {
    const { pusher, posted } = setUp();
    pusher.show();
    pusher.renew();
    expect(posted).toEqual([{ value: 0, atMs: 0 }]);
  });

  test('a thousand changes in a second are four states, the last of them the newest', () => {
    const { pusher, posted, timers, change } = setUp();
    pusher.show();
    pusher.renew();
    for (let ms = 0; ms < 1000; ms++) {
      change();
      timers.advance(1);
    }
    expect(posted.length).toBeLessThanOrEqual(1 + 1000 / DASHBOARD_INTERVAL_MS);
    timers.advance(DASHBOARD_INTERVAL_MS);
    expect(posted.at(-1)?.value).toBe(1000);
    for (const [at, { atMs }] of posted.entries()) {
      if (at > 0) expect(atMs - (posted[at - 1]?.atMs ?? 0)).toBeGreaterThanOrEqual(DASHBOARD_INTERVAL_MS);
    }
  });

  test('without a change there is neither a state nor a timer', () => {
    const { pusher, posted, timers } = setUp();
    pusher.show();
    pusher.renew();
    timers.advance(60_000);
    expect(posted).toHaveLength(1);
    expect(timers.count).toBe(0);
  });

  test('a change that leaves the state as it was is not told', () => {
    const { pusher, posted, timers } = setUp();
    pusher.show();
    pusher.renew();
    pusher.changed();
    timers.advance(1000);
    expect(posted).toHaveLength(1);
  });

  test('hidden, nothing is made, told or waited for', () => {
    const { posted, source, timers, change } = setUp();
    for (let count = 0; count < 100; count++) change();
    expect({ posted, made: source.made, timers: timers.count }).toEqual({ posted: [], made: 0, timers: 0 });
  });

  test('hiding calls off what was to be told', () => {
    const { pusher, posted, timers, change } = setUp();
    pusher.show();
    pusher.renew();
    change();
    expect(timers.count).toBe(1);
    pusher.hide();
    expect(timers.count).toBe(0);
    timers.advance(1000);
    expect(posted).toHaveLength(1);
  });

  test('shown again it gets a state even if nothing changed', () => {
    const { pusher, posted, timers } = setUp();
    pusher.show();
    pusher.renew();
    pusher.hide();
    timers.advance(1000);
    pusher.show();
    pusher.renew();
    expect(posted.map(({ value }) => value)).toEqual([0, 0]);
  });

  test('asking again and again does not make it faster', () => {
    const { pusher, posted, timers } = setUp();
    pusher.show();
    for (let ms = 0; ms < 1000; ms++) {
      pusher.renew();
      timers.advance(1);
    }
    expect(posted.length).toBeLessThanOrEqual(1 + 1000 / DASHBOARD_INTERVAL_MS);
  });
});
