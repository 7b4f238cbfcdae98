/**
 * The sparsity view as a person uses it: the switch changes what the next request runs, the figures are the runtime's,
 * and the view outlives being hidden and a worker that dies.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DashboardState } from '../../src/protocol/dashboard';
import { focusedControl, tabbableControls } from './focusedControl.mjs';
import { seriousViolations, THEMES, type ThemeName } from './workbenchPage.mjs';
import { Workbench } from './workbench';

const VIEW = 'bamboo.dashboard';
const LIMIT_MS = 60_000;
/** More presses of Tab than the view has controls. */
const TAB_LIMIT = 60;

describe('the sparsity view', () => {
  let workbench: Workbench;
  let typedLines = 0;

  beforeAll(async () => {
    workbench = await Workbench.open();
    await workbench.statusBarItem.waitFor({ timeout: LIMIT_MS });
    await workbench.showView('Sparsity');
    await view(); // the first state has come when the switch is drawn
  });
  afterAll(async () => workbench.close());

  /** The view's document, once it shows a state. Asked for anew each time: VS Code replaces it when the view is hidden. */
  async function view(): Promise<Frame> {
    const frame = await workbench.webview(VIEW);
    await frame.getByRole('radio', { name: 'Sparse' }).waitFor({ state: 'attached', timeout: LIMIT_MS });
    return frame;
  }

  /** Makes a request that runs the model, and waits for its suggestion. */
  async function askForSuggestion(): Promise<void> {
    typedLines += 1;
    await workbench.openFile('cart.ts');
    await workbench.page.keyboard.press('Enter');
    await workbench.type(`export const hasLines${typedLines} = (lines: CartLine[]): boolean => lines.`);
    expect(await workbench.ghostText()).not.toBe('');
    await workbench.page.keyboard.press('Escape');
  }

  /** Rows of the latest suggestions, newest last; the cells as they are written. */
  async function requestRows(): Promise<Record<string, string>[]> {
    const frame = await view();
    // The chart's table is there for screen readers while the drawing is shown.
    const table = frame.getByRole('table', { name: 'Time of the last suggestions, ms' });
    const names = await table.getByRole('columnheader').allTextContents();
    const rows = await table.locator('tbody tr').all();
    return Promise.all(
      rows.map(async (row) => {
        const cells = await row.locator('th, td').allTextContents();
        return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
      }),
    );
  }

  const figure = (frame: Frame, label: string): Locator =>
    frame.locator('.figure', { has: frame.locator('dt', { hasText: label }) }).locator('dd');

  /** What the extension host holds of the runtime's reports, through the view's own export. */
  async function exportedState(): Promise<DashboardState> {
    const file = path.join(workbench.folder, `bamboo-${Date.now()}.json`);
    const frame = await view();
    await frame.getByRole('button', { name: 'Export JSON' }).click();
    const dialog = workbench.page.locator('.quick-input-widget input').first();
    // Before the dialog shows where it would save, it would overwrite what is typed.
    await expect.poll(() => dialog.inputValue(), { timeout: LIMIT_MS }).toContain('.json');
    await dialog.fill(file);
    // A dialog that is still reading the folder takes no Enter.
    const isWritten = async (): Promise<boolean> => {
      if (!readable(file) && (await dialog.isVisible())) await dialog.press('Enter');
      return readable(file);
    };
    await expect.poll(isWritten, { timeout: LIMIT_MS, interval: 500 }).toBe(true);
    return JSON.parse(readFileSync(file, 'utf8')) as DashboardState;
  }

  test('before anything ran it shows no figure', async () => {
    const frame = await view();
    expect(await frame.getByText('Nothing measured yet').isVisible()).toBe(true);
  });

  test('after a suggestion its figures are those that the runtime reported', async () => {
    await askForSuggestion();
    const frame = await view();
    await expect.poll(() => figure(frame, 'tokens/s').textContent(), { timeout: LIMIT_MS }).toMatch(/\d/);
    const exported = await exportedState();
    expect(Number.parseFloat((await figure(frame, 'tokens/s').textContent()) ?? '')).toBeCloseTo(exported.now.tokensPerSecond ?? NaN, 0);
    const newest = exported.latency.recent.at(-1);
    const shown = (await requestRows()).at(-1);
    expect(Number(shown?.Generated)).toBe(newest?.generatedTokens);
    expect(Number(shown?.Reused)).toBe(newest?.reusedTokens);
  });

  test('the switch changes the mode of the next request, as its metrics say', async () => {
    // The steps counted are those of the newest request's mode.
    await (await view()).getByRole('radio', { name: 'Dense' }).check({ force: true });
    await askForSuggestion();
    const dense = (await exportedState()).sparsity.steps;
    expect(dense.dense).toBeGreaterThan(0);
    expect(dense.exact + dense.predicted).toBe(0);
    await (await view()).getByRole('radio', { name: 'Sparse' }).check({ force: true });
    await askForSuggestion();
    const sparse = (await exportedState()).sparsity.steps;
    expect(sparse.exact + sparse.predicted).toBeGreaterThan(0);
    expect(sparse.dense).toBe(0);
  });

  test('view, command and setting stay in step', async () => {
    await workbench.changeSettings('machine', { 'bamboo.mode': 'dense' });
    await expect.poll(async () => (await view()).getByRole('radio', { name: 'Dense' }).isChecked(), { timeout: LIMIT_MS }).toBe(true);
    await workbench.changeSettings('machine', { 'bamboo.mode': 'sparse' });
    await expect.poll(async () => (await view()).getByRole('radio', { name: 'Sparse' }).isChecked(), { timeout: LIMIT_MS }).toBe(true);
  });

  test('hidden and shown again it has the same figures', async () => {
    const before = (await requestRows()).length;
    await workbench.runCommand('View: Show Explorer');
    await workbench.page.locator('.explorer-folders-view').waitFor();
    await workbench.showView('Sparsity');
    await expect.poll(async () => (await requestRows()).length, { timeout: LIMIT_MS }).toBe(before);
  });

  test('a worker that dies is told, and the next suggestion is counted', async () => {
    const before = (await requestRows()).length;
    const killed = workbench.workers;
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    await expect.poll(async () => (await view()).getByText('1 restart').count(), { timeout: LIMIT_MS }).toBeGreaterThan(0);
    await expect.poll(() => workbench.workers.filter((pid) => !killed.includes(pid)).length, { timeout: LIMIT_MS }).toBe(1);
    await askForSuggestion();
    await expect.poll(async () => (await requestRows()).length, { timeout: LIMIT_MS }).toBeGreaterThan(before);
  });

  test('the keyboard alone reaches every control', async () => {
    const frame = await view();
    const controls = await frame.evaluate(tabbableControls);
    await frame.getByRole('radio', { name: 'Sparse' }).focus();
    const reached = new Set<string>();
    for (const key of ['Tab', 'Shift+Tab']) {
      await frame.getByRole('radio', { name: 'Sparse' }).focus();
      for (let press = 0; press < TAB_LIMIT; press += 1) {
        reached.add(await frame.evaluate(focusedControl));
        await workbench.page.keyboard.press(key);
      }
    }
    expect([...reached]).toEqual(expect.arrayContaining(controls));
  });

  test.each(Object.keys(THEMES) as ThemeName[])('axe finds no serious violation in %s', async (theme) => {
    await workbench.setTheme(theme);
    const frame = await view();
    await workbench.shot(`sparsity-${THEMES[theme]}`);
    // While the theme's colours fade in, everything is too pale.
    await expect.poll(() => seriousViolations(frame), { timeout: LIMIT_MS }).toEqual([]);
  });
});

function readable(file: string): boolean {
  try {
    return readFileSync(file, 'utf8') !== '';
  } catch {
    return false;
  }
}
