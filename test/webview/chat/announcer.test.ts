/**
 * What a screen reader hears of an answer: sentences, in batches, and how it ended.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../src/protocol/chat';
import { ANNOUNCE_INTERVAL_MS } from '../../../src/webview/chat/transcript/announcer';
import { spokenText } from '../../../src/webview/chat/transcript/spokenText';
import { answer, conversation, openChatView, question, state, type ChatView } from './chatView';

describe('the live region', () => {
  let view: ChatView;
  let heard: string[];
  beforeEach(() => {
    view = openChatView();
    heard = [];
    show({ state: 'waiting' }, true);
  });
  afterEach(() => view.close());

  const show = (more: Partial<ChatMessage>, isStreaming: boolean, text = ''): void => {
    view.receive(
      state({ current: conversation(question('q', 'Why?'), answer('a', text, more)), ...(isStreaming && { streamingId: 'a' }) }),
    );
  };
  const append = (text: string): void => view.receive({ type: 'append', messageId: 'a', text });
  const region = (): string => view.find('.visually-hidden[aria-live=polite]').textContent;
  /** Lets an interval pass and notes what is said then. */
  const listen = (): string => {
    view.pass(ANNOUNCE_INTERVAL_MS);
    heard.push(region());
    return region();
  };

  it('says nothing of single tokens', () => {
    append('The');
    append(' loop');
    expect(region()).toBe('');
  });

  it('says whole sentences at most once an interval', () => {
    append('The loop ends. It then ');
    expect(region()).toBe('');
    expect(listen()).toBe('The loop ends.');
    append('begins again. And ');
    expect(region()).toBe('The loop ends.');
    expect(listen()).toBe('It then begins again.');
  });

  it('does not speak while no sentence is whole', () => {
    append('A long beginning without an end');
    expect(listen()).toBe('');
  });

  it('says the rest and that the answer is finished', () => {
    append('One. Two');
    listen();
    show({}, false, 'One. Two');
    expect(region()).toBe('Two Answer finished.');
  });

  it.each([
    [{ state: 'stopped' }, 'Answer stopped.'],
    [{ state: 'failed', error: 'The model ran out of memory.' }, 'The model ran out of memory.'],
  ] as const)('says how an answer ended: %j', (more, said) => {
    show(more, false);
    expect(region()).toBe(said);
  });

  it('leaves the transcript itself silent', () => {
    expect(view.find('[role=log]').getAttribute('aria-live')).toBe('off');
  });

  it('says a long text in several pieces', () => {
    append('word '.repeat(500));
    expect(listen().length).toBeLessThanOrEqual(1000);
    append('x');
    listen();
    append('x');
    listen();
    expect(heard.join(' ').match(/word/g)?.length).toBeGreaterThan(390);
  });
});

describe('spokenText', () => {
  it('says that there is code instead of reading it', () => {
    expect(spokenText('Use this:\n\n```python\nprint(1)\n```\nDone.')).toBe('Use this:\n\nCode block, python.\nDone.');
  });

  it('leaves out the marks of Markdown', () => {
    expect(spokenText('## Title\n- **one** `two`\n3. [three](https://example.com)')).toBe('Title\none two\nthree');
  });

  it('grows with the text', () => {
    const text = 'One. *Two*\n```js\ncode\n```\nThree.';
    for (let end = 1; end < text.length; end += 1) {
      const shorter = spokenText(text.slice(0, end)).replace(/(Code block.*)?\n?`{0,2}$/, '');
      expect(spokenText(text).startsWith(shorter)).toBe(true);
    }
  });
});
