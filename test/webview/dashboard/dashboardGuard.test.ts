import { describe, expect, it } from 'vitest';
import { isDashboardToView } from '../../../src/webview/dashboard/dashboardGuard';
import { DENSE, FAILED, FULL, STARTING, UNUSED } from './sampleStates';
import type { DashboardState } from '../../../src/protocol/dashboard';

type Json = null | boolean | number | string | Json[] | { [field: string]: Json };

const message = (state: unknown): unknown => ({ type: 'state', state });
const changed = (change: (state: Record<string, never>) => void): unknown => {
  const copy = structuredClone(FULL) as unknown as Record<string, never>;
  change(copy);
  return message(copy);
};

/** Deterministic, so that a failure can be repeated. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const WRONG: readonly unknown[] = [undefined, null, NaN, Infinity, -1, 'x', '', [], {}, true, [[]], () => 1, 'a'.repeat(200_000)];

/** Every place in the message, as the object that holds it and its field. */
function places(value: unknown, found: { holder: Record<string, unknown>; field: string }[] = []) {
  if (typeof value !== 'object' || value === null) return found;
  for (const field of Object.keys(value)) {
    found.push({ holder: value as Record<string, unknown>, field });
    places((value as Record<string, unknown>)[field], found);
  }
  return found;
}

describe('the guard of the sparsity view', () => {
  it.each([
    ['full', FULL],
    ['unused', UNUSED],
    ['starting', STARTING],
    ['failed', FAILED],
    ['dense', DENSE],
    ['comparing', { ...FULL, comparison: { kind: 'running', done: 1, total: 6 } }],
    ['failed comparison', { ...FULL, comparison: { kind: 'failed', message: 'Open a file first.' } }],
  ] as readonly (readonly [string, DashboardState])[])('lets a state through: %s', (_, state) => {
    expect(isDashboardToView(message(state))).toBe(true);
  });

  it('lets through a mean of ones that rounding put above 1, and fields of a newer host', () => {
    expect(isDashboardToView(message({ ...FULL, later: 1, sparsity: { ...FULL.sparsity, activeShare: 1 + 2 ** -52 } }))).toBe(true);
  });

  it.each([[null], [undefined], ['state'], [7], [[]], [{}], [{ type: 'state' }], [{ type: 'other', state: FULL }], [message([])]])(
    'refuses what is no message: %j',
    (value) => {
      expect(isDashboardToView(value)).toBe(false);
    },
  );

  it('refuses numbers that are not finite, negative amounts and shares above 1', () => {
    for (const wrong of [NaN, Infinity, -1, '1', null]) {
      expect(isDashboardToView(message({ ...FULL, latency: { ...FULL.latency, p50Ms: wrong } }))).toBe(false);
    }
    expect(isDashboardToView(message({ ...FULL, sparsity: { ...FULL.sparsity, activeShare: 1.5 } }))).toBe(false);
  });

  it('refuses lists and texts beyond their limits', () => {
    const bar = FULL.latency.recent[0];
    const silence = FULL.usefulness.silences[0];
    expect(isDashboardToView(message({ ...FULL, latency: { ...FULL.latency, recent: Array(33).fill(bar) } }))).toBe(false);
    expect(isDashboardToView(message({ ...FULL, usefulness: { ...FULL.usefulness, silences: Array(13).fill(silence) } }))).toBe(false);
    expect(isDashboardToView(message({ ...FULL, hotNeurons: { ...FULL.hotNeurons, layerShares: Array(1025).fill(0) } }))).toBe(false);
    expect(isDashboardToView(message({ ...FULL, mode: { ...FULL.mode, reason: 'a'.repeat(5000) } }))).toBe(false);
  });

  it('refuses a strip whose bytes are not layers × steps', () => {
    const { strip } = FULL.sparsity;
    const wrongs = [
      { ...strip, steps: strip.steps + 1 },
      { ...strip, computed: `${strip.computed.slice(0, -4)}AA==` },
      { ...strip, active: '?'.repeat(strip.active.length) },
      { ...strip, layers: 2000 },
      { ...strip, steps: 1.5 },
    ];
    for (const wrong of wrongs) expect(isDashboardToView(message({ ...FULL, sparsity: { ...FULL.sparsity, strip: wrong } }))).toBe(false);
  });

  it('refuses a comparison of no known kind', () => {
    expect(isDashboardToView(message({ ...FULL, comparison: { kind: 'constructor' } }))).toBe(false);
    expect(isDashboardToView(message({ ...FULL, comparison: { kind: 'done' } }))).toBe(false);
  });

  it('refuses a missing part, whichever it is', () => {
    for (const part of ['engine', 'mode', 'now', 'latency', 'sparsity', 'usefulness', 'comparison']) {
      expect(isDashboardToView(changed((state) => Reflect.deleteProperty(state, part))), part).toBe(false);
    }
  });

  it('never throws on a message that was changed at random, and refuses functions and oversized texts wherever they stand', () => {
    const random = randomNumbers(20_261_125);
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
    for (let round = 0; round < 600; round++) {
      const mutated = structuredClone(message(FULL));
      const wrong = pick(WRONG);
      const { holder, field } = pick(places(mutated));
      holder[field] = wrong;
      const accepted = isDashboardToView(mutated);
      if (typeof wrong === 'function' || (typeof wrong === 'string' && wrong.length > 100_000)) expect(accepted, field).toBe(false);
      expect(accepted && !isDashboardToView(JSON.parse(JSON.stringify(mutated)) as Json), field).toBe(false);
    }
  });
});
