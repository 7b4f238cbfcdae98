/**
 * Back-off and its limit.
 */
import { describe, expect, it } from 'vitest';
import { RESTART_LIMITS, RestartPolicy } from '../../../src/engine/restartPolicy';

describe('RestartPolicy', () => {
  it('doubles the delay from 250 ms and gives up after five restarts in five minutes', () => {
    const policy = new RestartPolicy(RESTART_LIMITS, () => 0);
    expect(Array.from({ length: 7 }, () => policy.nextDelayMs())).toEqual([250, 500, 1000, 2000, 4000, undefined, undefined]);
  });

  it('never waits longer than eight seconds', () => {
    const policy = new RestartPolicy({ ...RESTART_LIMITS, maxRestarts: 20 }, () => 0);
    const delays = Array.from({ length: 20 }, () => policy.nextDelayMs() ?? 0);
    expect(Math.max(...delays)).toBe(8000);
  });

  it('forgets restarts that are older than the window', () => {
    let nowMs = 0;
    const policy = new RestartPolicy(RESTART_LIMITS, () => nowMs);
    for (let i = 0; i < 5; i++) policy.nextDelayMs();
    nowMs = RESTART_LIMITS.windowMs - 1;
    expect(policy.nextDelayMs()).toBeUndefined();
    nowMs = RESTART_LIMITS.windowMs;
    expect(policy.nextDelayMs()).toBe(250);
  });

  it('begins anew after a reset', () => {
    const policy = new RestartPolicy(RESTART_LIMITS, () => 0);
    for (let i = 0; i < 6; i++) policy.nextDelayMs();
    policy.reset();
    expect(policy.nextDelayMs()).toBe(250);
  });
});
