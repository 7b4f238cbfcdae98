import { describe, expect, test } from 'vitest';
import { ChatHistory, HISTORY_KEY, SET_ASIDE_KEY } from '../../../src/chat/chatHistory';
import type { StoredConversation } from '../../../src/chat/conversation';
import { asJson, asMarkdown } from '../../../src/chat/exportConversation';
import { CHAT_LIMITS } from '../../../src/protocol/chat';
import { manualClock, settle, type ManualClock } from '../completion/controlledEngine';
import { memoryStorage, type MemoryStorage } from './sessionFixture';

function conversation(id: string, updatedAtMs: number, text = 'Hello'): StoredConversation {
  return { id, title: `About ${id}`, updatedAtMs, messages: [{ id: `${id}-1`, role: 'user', text, mentions: [], state: 'complete' }] };
}

function historyOf(stored: Record<string, unknown> = {}): {
  history: ChatHistory;
  storage: MemoryStorage;
  clock: ManualClock;
  warnings: string[];
} {
  const storage = memoryStorage(stored);
  const clock = manualClock();
  const warnings: string[] = [];
  const history = new ChatHistory({ storage, schedule: clock.schedule, warn: (message) => warnings.push(message) });
  return { history, storage, clock, warnings };
}
const idsOf = (history: ChatHistory): string[] => history.summaries().map(({ id }) => id);

describe('the history', () => {
  test('is newest first, survives a reload, and is written a little after a change', () => {
    const { history, storage, clock } = historyOf();
    history.put(conversation('old', 1));
    history.put(conversation('new', 2));
    expect(storage.values.has(HISTORY_KEY)).toBe(false);
    clock.advance(2_000);
    return settle().then(() => {
      expect(idsOf(historyOf(Object.fromEntries(storage.values)).history)).toEqual(['new', 'old']);
    });
  });

  test('keeps a limited number, the newest, and says what it dropped', () => {
    const { history, warnings } = historyOf();
    for (let index = 0; index <= CHAT_LIMITS.conversations; index += 1) history.put(conversation(`c${index}`, index));
    expect(history.all).toHaveLength(CHAT_LIMITS.conversations);
    expect(history.find('c0')).toBeUndefined();
    expect(warnings.join()).toContain('oldest 1 conversations');
  });

  test('keeps a limited amount of text', () => {
    const { history } = historyOf();
    for (let index = 0; index < 30; index += 1) history.put(conversation(`c${index}`, index, 'x'.repeat(200_000)));
    expect(history.all).toHaveLength(20);
    expect(history.find('c29')).toBeDefined();
  });

  test('is searched by title and text, all words, in any case', () => {
    const { history } = historyOf();
    history.put(conversation('a', 1, 'How do I sort a LIST?'));
    history.put(conversation('b', 2, 'Something else'));
    expect(history.search('list sort').map(({ id }) => id)).toEqual(['a']);
    expect(history.search('ABOUT something').map(({ id }) => id)).toEqual(['b']);
    expect(history.search('list else')).toEqual([]);
    expect(history.search('')).toHaveLength(2);
  });

  test('forgets what is deleted', async () => {
    const { history, storage } = historyOf();
    history.put(conversation('a', 1));
    history.put(conversation('b', 2));
    await history.remove('a');
    expect(idsOf(history)).toEqual(['b']);
    expect(JSON.stringify(storage.values.get(HISTORY_KEY))).not.toContain('About a');
    await history.clear();
    expect(storage.values.get(HISTORY_KEY)).toEqual({ version: 1, conversations: [] });
  });

  test('that cannot be written is said, not thrown', async () => {
    const { history, storage, warnings } = historyOf();
    storage.write = () => Promise.reject(new Error('disk full'));
    history.put(conversation('a', 1));
    await history.save();
    expect(warnings).toEqual(['The chat history could not be saved: disk full']);
  });
});

describe('windows that share a stored history', () => {
  const windowOn = (storage: MemoryStorage): ChatHistory =>
    new ChatHistory({ storage, schedule: manualClock().schedule, warn: () => undefined });

  test('keep each other’s conversations, and of one in both the newer', async () => {
    const { history: first, storage } = historyOf({ [HISTORY_KEY]: { version: 1, conversations: [conversation('shared', 1)] } });
    const second = windowOn(storage);
    first.put(conversation('of the first', 2));
    first.put(conversation('shared', 5, 'Newer'));
    await first.save();
    second.put(conversation('of the second', 3));
    await second.save();
    expect(idsOf(windowOn(storage))).toEqual(['shared', 'of the second', 'of the first']);
    expect(windowOn(storage).find('shared')?.messages[0]?.text).toBe('Newer');
  });

  test('keep the answer that was finished in one, where another read its beginning', async () => {
    const { history: first, storage } = historyOf();
    first.put(conversation('a', 1, 'Half'));
    await first.save();
    const second = windowOn(storage);
    first.put(conversation('a', 1, 'Half and the rest'));
    await first.save();
    await second.save();
    expect(windowOn(storage).find('a')?.messages[0]?.text).toBe('Half and the rest');
  });

  test('do not bring back what was deleted in this one', async () => {
    const { history: first, storage } = historyOf();
    const second = windowOn(storage);
    second.put(conversation('a', 1));
    second.put(conversation('b', 2));
    await second.save();
    await first.save();
    await first.remove('a');
    await second.save();
    await first.save();
    expect(idsOf(first)).toEqual(['b']);
    await first.clear();
    expect(storage.values.get(HISTORY_KEY)).toEqual({ version: 1, conversations: [] });
  });
});

describe('a stored history that is damaged', () => {
  test('one bad conversation is set aside as it was; the others stay', async () => {
    const bad = { id: 'bad', title: 7, messages: 'none' };
    const { history, storage, warnings } = historyOf({
      [HISTORY_KEY]: { version: 1, conversations: [conversation('a', 1), bad, conversation('b', 2)] },
    });
    await settle();
    expect(idsOf(history)).toEqual(['b', 'a']);
    expect(storage.values.get(SET_ASIDE_KEY)).toEqual([bad]);
    expect(warnings.join()).toContain('1 stored chat conversations could not be read');
    expect(JSON.stringify(storage.values.get(HISTORY_KEY))).not.toContain('bad');
  });

  test.each([['text'], [7], [null], [[]], [{ version: 2, conversations: [] }], [{ version: 1 }]])(
    '%j as a whole is set aside, with what was set aside before',
    async (raw) => {
      const { history, storage } = historyOf({ [HISTORY_KEY]: raw, [SET_ASIDE_KEY]: ['earlier'] });
      await settle();
      expect(history.all).toEqual([]);
      expect(storage.values.get(SET_ASIDE_KEY)).toEqual(['earlier', raw]);
    },
  );

  test('is not overwritten when setting aside fails', async () => {
    const storage = memoryStorage({ [HISTORY_KEY]: 'damaged' });
    storage.write = () => Promise.reject(new Error('disk full'));
    const history = new ChatHistory({ storage, schedule: manualClock().schedule, warn: () => undefined });
    await settle();
    expect(history.all).toEqual([]);
    expect(storage.values.get(HISTORY_KEY)).toBe('damaged');
  });
});

describe('an export', () => {
  const exported: StoredConversation = {
    ...conversation('a', 0, 'Why?'),
    messages: [
      { id: '1', role: 'user', text: 'Why?', mentions: [{ kind: 'file', label: 'file:a.ts', id: 'x' }], state: 'complete' },
      { id: '2', role: 'assistant', text: 'Because', mentions: [], state: 'failed', error: 'It crashed.' },
    ],
  };

  test('as Markdown reads like the conversation', () => {
    expect(asMarkdown([exported])).toBe(
      '# About a\n\n1970-01-01T00:00:00.000Z\n\n## Question\n\n`#file:a.ts`\n\nWhy?\n\n## Answer\n\nBecause\n\n*Failed: It crashed.*\n',
    );
  });

  test('as JSON holds everything', () => {
    expect(JSON.parse(asJson([exported]))).toEqual({ format: 'bamboo-chat', version: 1, conversations: [exported] });
  });
});
