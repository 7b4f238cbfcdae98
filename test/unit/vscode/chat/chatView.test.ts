import type * as vscode from 'vscode';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { APPEND_INTERVAL_MS, CHAT_LIMITS, type ChatState, type ChatToHost, type ChatToView } from '../../../../src/protocol/chat';
import { ChatFeed } from '../../../../src/vscode/chat/chatFeed';
import { parseChatMessage } from '../../../../src/vscode/chat/chatMessages';
import { ChatViewProvider } from '../../../../src/vscode/chat/chatViewProvider';
import { manualClock, settle } from '../../completion/controlledEngine';
import { resetEditor, Uri } from './fakeEditor';

vi.mock('vscode', () => import('./fakeEditor'));
beforeEach(() => resetEditor());

const STATE = { streamingId: 'm' } as ChatState;
const MENTION = { kind: 'file', label: 'file:a.ts', id: 'file:///a.ts' } as const;

describe('messages of the view', () => {
  const good: ChatToHost[] = [
    { type: 'ready' },
    { type: 'action', action: 'stop' },
    { type: 'send', text: 'Hello', mentions: [MENTION] },
    { type: 'regenerate', messageId: 'm' },
    { type: 'edit', messageId: 'm', text: 'x' },
    { type: 'code', action: 'apply', code: 'x', language: 'ts' },
    { type: 'copyMessage', messageId: 'm' },
    { type: 'open', conversationId: 'c' },
    { type: 'delete', conversationId: 'c' },
    { type: 'export', conversationId: 'c' },
    { type: 'search', query: '' },
    { type: 'mentionQuery', query: 'file:' },
    { type: 'draft', text: '', mentions: [] },
  ];
  test.each(good)('$type comes through', (message) => {
    expect(parseChatMessage(structuredClone(message))).toEqual({ message });
  });

  const bad: unknown[] = [
    undefined,
    null,
    7,
    'send',
    [],
    {},
    { type: 'unknown' },
    { type: 'action', action: 'format disk' },
    { type: 'send', text: 7, mentions: [] },
    { type: 'send', text: 'x'.repeat(CHAT_LIMITS.questionChars + 1), mentions: [] },
    { type: 'send', text: 'x', mentions: Array(CHAT_LIMITS.mentions + 1).fill(MENTION) },
    { type: 'send', text: 'x', mentions: [{ ...MENTION, kind: 'shell' }] },
    { type: 'send', text: 'x', mentions: [{ ...MENTION, id: 'x'.repeat(4_001) }] },
    { type: 'code', action: 'run', code: 'x', language: 'sh' },
    { type: 'code', action: 'copy', code: 'x'.repeat(CHAT_LIMITS.codeChars + 1), language: '' },
    { type: 'open', conversationId: '' },
    { type: 'search', query: 'x'.repeat(CHAT_LIMITS.queryChars + 1) },
    { type: 'regenerate' },
  ];
  test.each(bad.map((raw, index) => [index, raw] as const))('malformed message %d is refused, without its text', (_index, raw) => {
    const parsed = parseChatMessage(raw);
    expect(parsed).toHaveProperty('problem');
    expect(JSON.stringify(parsed)).not.toMatch(/format disk|shell|xx/);
  });

  test('a thousand random ones neither throw nor come through with a wrong form', () => {
    let seed = 1;
    const random = (below: number): number => (seed = (seed * 16807) % 2147483647) % below;
    const junk: unknown[] = [null, undefined, 1, -1, Number.NaN, '', 'x', 'm', {}, [], true, { toString: 1 }, [[MENTION]]];
    const keys = ['type', 'text', 'mentions', 'messageId', 'conversationId', 'action', 'code', 'language', 'query', '__proto__'];
    const types = good.map(({ type }) => type);
    for (let round = 0; round < 1_000; round += 1) {
      const raw: Record<string, unknown> = { type: types[random(types.length)] };
      for (let fields = random(6); fields > 0; fields -= 1) raw[keys[random(keys.length)] ?? ''] = junk[random(junk.length)];
      const parsed = parseChatMessage(raw);
      if (!('message' in parsed)) continue;
      for (const value of Object.values(parsed.message)) expect(typeof value === 'string' || Array.isArray(value)).toBe(true);
    }
  });
});

function feedFixture(): { feed: ChatFeed; posted: ChatToView[]; advance: (ms: number) => void } {
  const clock = manualClock();
  const posted: ChatToView[] = [];
  return { feed: new ChatFeed(() => STATE, clock.schedule), posted, advance: (ms) => clock.advance(ms) };
}

describe('what goes to the view', () => {
  test('a view that appears gets the state at once', () => {
    const { feed, posted } = feedFixture();
    feed.take({ type: 'changed' });
    expect(posted).toEqual([]);
    feed.attach((message) => posted.push(message));
    expect(posted).toEqual([{ type: 'state', state: STATE }]);
  });

  test('added text goes out in batches', () => {
    const { feed, posted, advance } = feedFixture();
    feed.attach((message) => posted.push(message));
    posted.length = 0;
    for (const text of ['a', 'b', 'c']) feed.take({ type: 'append', messageId: 'm', text });
    expect(posted).toEqual([]);
    advance(APPEND_INTERVAL_MS);
    expect(posted).toEqual([{ type: 'append', messageId: 'm', text: 'abc' }]);
  });

  test('a state takes the place of the text that it holds already', () => {
    const { feed, posted, advance } = feedFixture();
    feed.attach((message) => posted.push(message));
    posted.length = 0;
    feed.take({ type: 'append', messageId: 'm', text: 'a' });
    feed.take({ type: 'changed' });
    feed.take({ type: 'append', messageId: 'm', text: 'b' });
    advance(APPEND_INTERVAL_MS);
    expect(posted).toEqual([{ type: 'state', state: STATE }]);
    advance(1_000);
    expect(posted).toHaveLength(1);
  });

  test('nothing goes to a hidden view, and nothing is kept for it but the state and the input box', () => {
    const { feed, posted, advance } = feedFixture();
    feed.attach((message) => posted.push(message));
    feed.take({ type: 'append', messageId: 'm', text: 'a' });
    feed.detach();
    feed.take({ type: 'append', messageId: 'm', text: 'b' });
    feed.take({ type: 'compose', text: 'again', mentions: [] });
    advance(1_000);
    posted.length = 0;
    feed.attach((message) => posted.push(message));
    advance(1_000);
    expect(posted.map(({ type }) => type)).toEqual(['state', 'compose']);
  });
});

describe('the view', () => {
  function viewFixture(handle: (message: ChatToHost) => Promise<void> = () => Promise.resolve()) {
    const { feed, posted } = feedFixture();
    const warnings: string[] = [];
    const on: { message?: (raw: unknown) => void; visibility?: () => void } = {};
    const webview = {
      options: {},
      html: '',
      cspSource: 'csp:',
      asWebviewUri: (uri: Uri) => uri,
      postMessage: (message: ChatToView) => Promise.resolve(posted.push(message)),
      onDidReceiveMessage: (listener: (raw: unknown) => void) => (on.message = listener),
    };
    const view = {
      webview,
      visible: true,
      onDidChangeVisibility: (listener: () => void) => (on.visibility = listener),
      onDidDispose: () => undefined,
    };
    const extensionUri = Uri.file('/ext') as unknown as vscode.Uri;
    new ChatViewProvider({ extensionUri, feed, handle, warn: (message) => warnings.push(message) }).resolveWebviewView(
      view as unknown as vscode.WebviewView,
    );
    return { feed, posted, warnings, on, view, webview };
  }

  test('may load from its own folder only, and runs only its own script', () => {
    const { webview } = viewFixture();
    expect(webview.options).toMatchObject({ enableScripts: true, localResourceRoots: [{ path: '/ext/dist/webview' }] });
    expect(webview.html).toContain("default-src 'none'");
  });

  test('gets the state when it is ready, and again after it was hidden', () => {
    const { posted, on, view } = viewFixture();
    on.message?.({ type: 'ready' });
    expect(posted).toHaveLength(1);
    view.visible = false;
    on.visibility?.();
    on.message?.({ type: 'ready' });
    expect(posted).toHaveLength(2);
  });

  test('that sends nonsense is ignored, which the log says', () => {
    const handled: ChatToHost[] = [];
    const { warnings, on } = viewFixture((message) => {
      handled.push(message);
      return Promise.resolve();
    });
    on.message?.({ type: 'send', text: 7 });
    expect(handled).toEqual([]);
    expect(warnings.join()).toContain('ignored');
  });

  test('is told in a sentence when something could not be done', async () => {
    const { posted, on } = viewFixture(() => Promise.reject(new Error('The disk is full.')));
    on.message?.({ type: 'ready' });
    on.message?.({ type: 'search', query: 'x' });
    await settle();
    expect(posted.at(-1)).toEqual({ type: 'notice', text: 'The disk is full.' });
  });
});
