/**
 * What a person sees: the packaged extension in a real VS Code shows ghost text of the bundled model, Tab takes it,
 * and a worker that dies is back for the next keystroke.
 */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Workbench } from './workbench';

const FILE = 'cart.ts';
const RECOVERY_LIMIT_MS = 60_000;

describe('the packaged extension in VS Code', () => {
  let workbench: Workbench;

  beforeAll(async () => {
    workbench = await Workbench.open();
  });
  afterAll(async () => workbench.close());

  test('the status bar names Bamboo once the extension runs', async () => {
    await workbench.openFile(FILE);
    await workbench.statusBarItem.waitFor({ timeout: RECOVERY_LIMIT_MS });
    await workbench.shot('1-open');
    await expect.poll(() => workbench.workers.length, { timeout: RECOVERY_LIMIT_MS }).toBe(1);
  });

  test('typing shows ghost text, and Tab puts exactly that text into the file', async () => {
    const before = workbench.readFile(path.join('src', FILE));
    const typed = 'export const hasLines = (lines: CartLine[]): boolean => lines.';
    await workbench.type(typed);
    const ghostText = await workbench.ghostText();
    await workbench.shot('2-ghost-text');
    expect(ghostText).not.toBe('');
    await workbench.page.keyboard.press('Tab');
    await workbench.save();
    await workbench.shot('3-accepted');
    expect(workbench.readFile(path.join('src', FILE))).toBe(before + typed + ghostText);
  });

  test('the suggestion can be taken word by word', async () => {
    const before = workbench.readFile(path.join('src', FILE));
    const typed = 'export const isEmpty = (lines: CartLine[]): boolean => lines.';
    await workbench.page.keyboard.press('Enter');
    await workbench.type(typed);
    const ghostText = await workbench.ghostText();
    expect(ghostText).not.toBe('');
    await workbench.page.keyboard.press('Control+ArrowRight');
    await workbench.shot('4-first-word');
    await workbench.page.keyboard.press('Escape');
    await workbench.save();
    const firstWord = /^\W*\w+/.exec(ghostText)?.[0];
    expect(workbench.readFile(path.join('src', FILE))).toBe(`${before}\n${typed}${firstWord}`);
  });

  test('after the worker is killed, a new one gives the next completion', async () => {
    const killed = workbench.workers;
    expect(killed).toHaveLength(1);
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    await expect.poll(() => workbench.workers.filter((pid) => !killed.includes(pid)).length, { timeout: RECOVERY_LIMIT_MS }).toBe(1);

    const before = workbench.readFile(path.join('src', FILE));
    const typed = 'export const lineCount = (lines: CartLine[]): number => lines.';
    await workbench.page.keyboard.press('Enter');
    await workbench.type(typed);
    const ghostText = await workbench.ghostText();
    await workbench.shot('5-after-restart');
    expect(ghostText).not.toBe('');
    await workbench.page.keyboard.press('Tab');
    await workbench.save();
    expect(workbench.readFile(path.join('src', FILE))).toBe(`${before}\n${typed}${ghostText}`);
  });
});
