/**
 * An answer as it streams: what is drawn again, when, and how its states look.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer, conversation, openChatView, question, state, FRAME_MS, type ChatView } from './chatView';

const append = (text: string, messageId = 'a'): unknown => ({ type: 'append', messageId, text });

describe('a streaming answer', () => {
  let view: ChatView;
  beforeEach(() => {
    view = openChatView();
    view.receive(
      state({
        streamingId: 'a',
        current: conversation(question('q', 'Why?'), answer('a', 'First.\n\n```js\nlet a;\n```\n\nThird', { state: 'streaming' })),
      }),
    );
  });
  afterEach(() => view.close());

  it('says that it is ready before anything else', () => {
    expect(view.sent[0]).toEqual({ type: 'ready' });
  });

  it('keeps the elements of finished blocks', () => {
    const blocks = [...view.root.querySelectorAll('.block')];
    const code = view.find('.code-block');
    view.receive(append(' and more.\n\nFourth'));
    const after = [...view.root.querySelectorAll('.block')];
    expect(after.slice(0, 2)).toEqual(blocks.slice(0, 2));
    expect(after[0]).toBe(blocks[0]);
    expect(after[1]).toBe(blocks[1]);
    expect(view.find('.code-block')).toBe(code);
    expect(after.map((block) => block.textContent).slice(2)).toEqual(['Third and more.', 'Fourth']);
  });

  it('keeps the elements when the finished state of the same text arrives', () => {
    const block = view.root.querySelector('.block');
    view.receive(
      state({ current: conversation(question('q', 'Why?'), answer('a', 'First.\n\n```js\nlet a;\n```\n\nThird', { generatedTokens: 9 })) }),
    );
    expect(view.root.querySelector('.block')).toBe(block);
  });

  it('grows the last paragraph in place', () => {
    const paragraph = view.find('.block:last-child p');
    view.receive(append(' word'));
    expect(view.find('.block:last-child p')).toBe(paragraph);
    expect(paragraph.textContent).toBe('Third word');
  });

  it('draws once for all appends of a frame', async () => {
    let drawings = 0;
    const observer = new MutationObserver(() => (drawings += 1));
    observer.observe(view.root, { subtree: true, childList: true, characterData: true });
    view.receive(append(' a'), append(' b'), append(' c'));
    await Promise.resolve();
    observer.disconnect();
    expect(drawings).toBe(1);
    expect(view.find('.block:last-child p').textContent).toBe('Third a b c');
  });

  it('ignores text for a message that it does not know', () => {
    const before = view.find('.transcript').innerHTML;
    view.receive(append('lost', 'nobody'));
    expect(view.find('.transcript').innerHTML).toBe(before);
  });

  it('drops what is not a message', () => {
    const before = view.root.innerHTML;
    view.receive({ type: 'append', messageId: 'a', text: 1 }, null, 'state', { type: 'state' });
    expect(view.root.innerHTML).toBe(before);
  });

  it('marks the answer as busy until it is over', () => {
    expect(view.find('.answer').getAttribute('aria-busy')).toBe('true');
    view.receive(state({ current: conversation(question('q', 'Why?'), answer('a', 'Done.')) }));
    expect(view.find('.answer').hasAttribute('aria-busy')).toBe(false);
  });
});

describe('the states of an answer', () => {
  let view: ChatView;
  beforeEach(() => {
    view = openChatView();
  });
  afterEach(() => view.close());

  const drawn = (more: Parameters<typeof answer>[2], rest: Parameters<typeof state>[0] = {}): string => {
    view.receive(state({ current: conversation(question('q', 'Why?'), answer('a', '', more)), ...rest }));
    return view.find('.answer').textContent;
  };

  it('waits behind completions', () => {
    expect(drawn({ state: 'waiting' }, { streamingId: 'a' })).toBe('Waiting: completions go first');
  });

  it('waits for a model that is starting', () => {
    const model = { name: 'm', state: 'starting', where: 'this machine' } as const;
    expect(drawn({ state: 'waiting' }, { streamingId: 'a', model })).toBe('The model is starting');
  });

  it('stops waiting with the first text', () => {
    drawn({ state: 'waiting' }, { streamingId: 'a' });
    view.receive(append('Because'));
    expect(view.find('.answer').textContent).toBe('Because');
  });

  it('was stopped', () => {
    expect(drawn({ state: 'stopped' })).toContain('Stopped');
  });

  it('failed, with the reason and a retry', () => {
    expect(drawn({ state: 'failed', error: 'The model ran out of memory. Choose a smaller one.' })).toContain('Choose a smaller one.');
    view.takeSent();
    view.click(view.button('Retry'));
    expect(view.takeSent()).toEqual([{ type: 'regenerate', messageId: 'a' }]);
  });

  it('shows only figures that were measured', () => {
    expect(drawn({ generatedTokens: 1234, tokensPerSecond: 61.42 })).toContain('1,234 tokens · 61.4 tokens/s');
    expect(drawn({ generatedTokens: 1 })).toMatch(/1 token$/);
    expect(drawn({})).not.toContain('token');
  });

  it('says of a trimmed message that the model does not see it', () => {
    expect(drawn({ trimmed: true })).toContain("not in the prompt any more: the conversation is longer than the model's context");
  });

  it('draws the newest of many messages first and the rest on demand', () => {
    const messages = Array.from({ length: 100 }, (_, index) => question(`q${index}`, `Question ${index}`));
    view.receive(state({ current: conversation(...messages) }));
    expect(view.root.querySelectorAll('.message').length).toBe(60);
    view.click(view.button('Show 40 earlier messages'));
    expect(view.root.querySelectorAll('.message').length).toBe(100);
  });
});

describe('staying at the end', () => {
  let view: ChatView;
  let scroller: HTMLElement;
  let height: number;
  beforeEach(() => {
    view = openChatView();
    view.receive(state({ streamingId: 'a', current: conversation(question('q', 'Why?'), answer('a', 'x', { state: 'streaming' })) }));
    scroller = view.find('.transcript');
    height = 1000;
    Object.defineProperty(scroller, 'scrollHeight', { get: () => height });
    Object.defineProperty(scroller, 'clientHeight', { get: () => 400 });
  });
  afterEach(() => view.close());

  const scrollTo = (top: number): void => {
    scroller.scrollTop = top;
    scroller.dispatchEvent(new Event('scroll'));
    view.pass(FRAME_MS);
  };

  it('follows the text while the reader is at the end', () => {
    scrollTo(600);
    height = 1300;
    view.receive(append(' more'));
    expect(scroller.scrollTop).toBe(1300);
    expect(view.root.querySelector('.jump-button')).toBeNull();
  });

  it('leaves a reader who scrolled up alone and offers the way back', () => {
    scrollTo(100);
    height = 1300;
    view.receive(append(' more'));
    expect(scroller.scrollTop).toBe(100);
    view.click(view.button('Jump to the newest message'));
    expect(scroller.scrollTop).toBe(1300);
    expect(view.root.querySelector('.jump-button')).toBeNull();
  });
});
