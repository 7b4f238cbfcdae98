/**
 * The chat view as a person uses it: an answer streams, stops, is written again, goes into the editor; history survives a reload.
 */
import path from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { focusedControl, tabbableControls } from './focusedControl.mjs';
import { Workbench } from './workbench';
import { seriousViolations, THEMES, type ThemeName } from './workbenchPage.mjs';

const VIEW = 'bamboo.chat';
const FILE = 'cart.ts';
const LIMIT_MS = 90_000;
const QUESTION = 'Write a function that checks whether a number is prime';
const TAB_LIMIT = 60;

describe('the chat view', () => {
  let workbench: Workbench;

  beforeAll(async () => {
    workbench = await Workbench.open();
    await workbench.statusBarItem.waitFor({ timeout: LIMIT_MS });
    await workbench.showView('Chat');
  });
  afterAll(async () => workbench.close());

  /** The view's document, once one can type. */
  async function view(): Promise<Frame> {
    const frame = await workbench.webview(VIEW);
    await frame.getByRole('textbox', { name: 'Question' }).waitFor({ timeout: LIMIT_MS });
    return frame;
  }

  const answers = (frame: Frame): Locator => frame.getByRole('article', { name: 'Answer' });
  const stopButton = (frame: Frame): Locator => frame.getByRole('button', { name: /^Stop/ });

  async function ask(question: string): Promise<Frame> {
    const frame = await view();
    await frame.getByRole('textbox', { name: 'Question' }).fill(question);
    await frame.getByRole('textbox', { name: 'Question' }).press('Enter');
    return frame;
  }

  async function answered(frame: Frame): Promise<string> {
    await stopButton(frame).waitFor({ state: 'detached', timeout: LIMIT_MS });
    return (await answers(frame).last().textContent()) ?? '';
  }

  test('an answer streams: it grows while it is written', async () => {
    const frame = await ask(QUESTION);
    const length = async (): Promise<number> => ((await answers(frame).last().textContent()) ?? '').length;
    await expect.poll(length, { timeout: LIMIT_MS }).toBeGreaterThan(0);
    const early = await length();
    await answered(frame);
    expect(await length()).toBeGreaterThan(early);
  });

  test('stopping ends it where it is', async () => {
    const frame = await ask('Write a class for a stack with push, pop, peek, size, clear and a test for each');
    await stopButton(frame).waitFor({ timeout: LIMIT_MS });
    await expect.poll(async () => ((await answers(frame).last().textContent()) ?? '').length, { timeout: LIMIT_MS }).toBeGreaterThan(0);
    await stopButton(frame).click();
    const text = await answered(frame);
    expect(text).toContain('Stopped');
  });

  test('an answer can be written again: the question stays, the answer is replaced', async () => {
    const frame = await view();
    const before = await answers(frame).count();
    await answers(frame).last().hover();
    await answers(frame).last().getByRole('button', { name: 'Write this answer again' }).click();
    await stopButton(frame).waitFor({ timeout: LIMIT_MS });
    await answered(frame);
    expect(await answers(frame).count()).toBe(before);
  });

  test('code of an answer goes into the editor at the cursor, undone in one step', async () => {
    await workbench.openFile(FILE);
    const before = workbench.readFile(path.join('src', FILE));
    const frame = await view();
    const code = answers(frame).locator('.code-block');
    const text = (await code.first().locator('code').textContent()) ?? '';
    await code.first().getByRole('button', { name: 'Insert at the cursor' }).click();
    await frame
      .getByText(/^Inserted at line/)
      .first()
      .waitFor();
    await workbench.save();
    expect(workbench.readFile(path.join('src', FILE))).toContain(text.trimEnd());
    await workbench.page.keyboard.press('Control+Z');
    await workbench.save();
    expect(workbench.readFile(path.join('src', FILE))).toBe(before);
  });

  test('history survives a reload', async () => {
    await workbench.reload();
    await workbench.showView('Chat');
    const frame = await view();
    await frame.getByRole('button', { name: 'Conversations' }).click();
    await frame.getByText(QUESTION.slice(0, 20)).first().waitFor({ timeout: LIMIT_MS });
  });

  test('the keyboard alone reaches every control', async () => {
    const frame = await view();
    await frame.getByText('bamboo-nano').first().waitFor({ timeout: LIMIT_MS }); // the last name to come after a reload
    const controls = await frame.evaluate(tabbableControls);
    const reached = new Set<string>();
    for (const key of ['Tab', 'Shift+Tab']) {
      await frame.getByRole('textbox', { name: 'Question' }).focus();
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
    await workbench.shot(`chat-${THEMES[theme]}`);
    await expect.poll(() => seriousViolations(frame), { timeout: LIMIT_MS }).toEqual([]);
  });
});
