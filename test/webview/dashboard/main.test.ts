import './fakeBrowser';
import { act } from 'preact/test-utils';
import { expect, it, vi } from 'vitest';
import { FULL } from './sampleStates';

it('asks for the state, draws what is understood and drops the rest', async () => {
  const sent: unknown[] = [];
  const saved: unknown[] = [];
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  vi.stubGlobal('acquireVsCodeApi', () => ({
    postMessage: (message: unknown) => sent.push(message),
    getState: () => ({ folded: ['engine'] }),
    setState: (state: unknown) => saved.push(state),
  }));
  await import('../../../src/webview/dashboard/main');
  expect(sent).toEqual([{ type: 'ready' }]);

  const receive = (message: unknown): Promise<void> => act(() => void window.dispatchEvent(new MessageEvent('message', { data: message })));
  await receive({ type: 'state', state: FULL });
  expect(document.body.textContent).toContain('fewer bytes a token than dense');

  const drawn = document.body.innerHTML;
  for (const malformed of [null, 'state', { type: 'state' }, { type: 'state', state: { ...FULL, now: { tokensPerSecond: Infinity } } }]) {
    await receive(malformed);
  }
  expect(document.body.innerHTML).toBe(drawn);
  expect(warn.mock.calls.filter(([text]) => text === 'Bamboo: a message of the extension was not understood.')).toHaveLength(4);

  expect(document.querySelector('#engine-body')?.textContent).toBe('');
  await act(() => document.querySelector<HTMLElement>('[aria-controls="engine-body"]')?.click());
  expect(saved).toEqual([{ folded: [], tables: [] }]);
});
