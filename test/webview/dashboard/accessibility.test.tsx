import { run } from 'axe-core';
import { afterEach, describe, expect, it } from 'vitest';
import { mountDashboard, type MountedDashboard } from './mountedDashboard';
import { FAILED, FULL, UNUSED } from './sampleStates';

let view: MountedDashboard;

afterEach(() => view.unmount());

/** Contrast needs real layout and colours; it is not judged here. */
async function seriousViolations(): Promise<string[]> {
  const { violations } = await run(view.root, { rules: { 'color-contrast': { enabled: false } } });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
}

describe('a screen reader', () => {
  it.each([
    ['with everything measured', FULL, undefined],
    ['with every chart as a table', FULL, { tables: ['latency', 'speed', 'strip', 'hotLayers'] }],
    ['before the first suggestion', UNUSED, undefined],
    ['after a failure', FAILED, undefined],
  ])('meets no serious obstacle %s', async (_, state, memory) => {
    view = mountDashboard(state, memory);
    expect(await seriousViolations()).toEqual([]);
  });

  it('hears a name for every drawing', () => {
    view = mountDashboard(FULL);
    const drawings = [...view.root.querySelectorAll('[role=img]')];
    expect(drawings.length).toBe(4);
    for (const drawing of drawings) expect(drawing.getAttribute('aria-label')).toMatch(/\w/);
  });
});
