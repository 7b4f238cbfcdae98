/**
 * Ten minutes of typing, switching and chatting: the extension host and the views must not grow beyond their bounded buffers.
 * Part of `npm run test:long` only. Memory is what JavaScript holds after a collection of garbage, compared once a first stretch has filled the buffers.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { heapMegabytes } from './heapSize.mjs';
import { Workbench } from './workbench';

const isLong = process.env.BAMBOO_LONG === '1';
const MINUTE_MS = 60_000;
const WARM_UP_MS = 3 * MINUTE_MS;
const USE_MS = 10 * MINUTE_MS;
/** The host runs the editor's own extensions too, which remember what was typed. */
const HOST_GROWTH_LIMIT_MB = 10;
const VIEW_GROWTH_LIMIT_MB = 5;
const ROUNDS_PER_CHAT = 6;

describe.runIf(isLong)('ten minutes of use', () => {
  let workbench: Workbench;
  let rounds = 0;

  beforeAll(async () => {
    workbench = await Workbench.open();
    await workbench.statusBarItem.waitFor();
  });
  afterAll(async () => workbench.close());

  /** Of the process that forked the worker. */
  function hostMegabytes(): Promise<number> {
    const [worker = 0] = workbench.workers;
    return heapMegabytes(parentOf(worker));
  }

  async function viewMegabytes(): Promise<number> {
    await workbench.showView('Sparsity');
    const frame = await workbench.webview('bamboo.dashboard');
    const session = await workbench.page.context().newCDPSession(workbench.page);
    await session.send('HeapProfiler.collectGarbage');
    await session.detach();
    const bytes = await frame.evaluate(() => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize);
    return bytes / 2 ** 20;
  }

  async function useIt(): Promise<void> {
    rounds += 1;
    await workbench.openFile('cart.ts');
    await workbench.page.keyboard.press('Enter');
    await workbench.type(`export const hasLines${rounds} = (lines: CartLine[]): boolean => lines.`);
    await workbench.ghostText();
    await workbench.page.keyboard.press(rounds % 2 === 0 ? 'Tab' : 'Escape');
    await workbench.page.keyboard.press('Control+Shift+K');
    await workbench.showView('Sparsity');
    const frame = await workbench.webview('bamboo.dashboard');
    await frame.getByRole('radio', { name: rounds % 2 === 0 ? 'Dense' : 'Sparse' }).check({ force: true });
    if (rounds % ROUNDS_PER_CHAT === 0) await chat();
  }

  async function chat(): Promise<void> {
    await workbench.showView('Chat');
    const frame = await workbench.webview('bamboo.chat');
    await frame.getByRole('textbox', { name: 'Question' }).fill('Write a function that reverses a string');
    await frame.getByRole('textbox', { name: 'Question' }).press('Enter');
    const stop = frame.getByRole('button', { name: /^Stop/ });
    await stop.waitFor();
    await stop.waitFor({ state: 'detached' });
  }

  async function useItUntil(endMs: number): Promise<{ host: number; view: number }> {
    while (Date.now() < endMs) await useIt();
    return { host: await hostMegabytes(), view: await viewMegabytes() };
  }

  test(
    'leaves the memory of host and views as it was after the first three',
    async () => {
      const startMs = Date.now();
      const before = await useItUntil(startMs + WARM_UP_MS);
      const after = await useItUntil(startMs + USE_MS);
      console.log(
        `${rounds} rounds; host ${megabytes(before.host)} → ${megabytes(after.host)}, view ${megabytes(before.view)} → ${megabytes(after.view)}`,
      );
      expect(after.host - before.host).toBeLessThan(HOST_GROWTH_LIMIT_MB);
      expect(after.view - before.view).toBeLessThan(VIEW_GROWTH_LIMIT_MB);
    },
    USE_MS + 5 * MINUTE_MS,
  );
});

function parentOf(pid: number): number {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8')
    .split('\n')
    .find((text) => text.startsWith('PPid:'));
  return Number.parseInt(line?.slice('PPid:'.length) ?? '', 10);
}

function megabytes(value: number): string {
  return `${value.toFixed(1)} MB`;
}
