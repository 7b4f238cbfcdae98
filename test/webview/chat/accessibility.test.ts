/**
 * No serious violation of accessibility rules in any state of the view, as far as a browser without layout can tell.
 */
import axe from 'axe-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answer, conversation, openChatView, question, state, type ChatView } from './chatView';

const LONG = conversation(
  ...Array.from({ length: 5 }, (_, index) => [
    question(`q${index}`, 'Why?', { mentions: [{ kind: 'file', label: `file:${index}.ts`, id: '1' }], trimmed: index < 2 }),
    answer(
      `a${index}`,
      '# Title\n\n## Sub\n\n- one\n- two\n\n```ts\nconst a = 1;\n```\n\n| a | b |\n|--|--|\n| 1 | 2 |\n\n[x](https://example.com)',
      {
        state: index === 3 ? 'failed' : 'complete',
        generatedTokens: 12,
      },
    ),
  ]).flat(),
);

const STATES: Readonly<Record<string, (view: ChatView) => void>> = {
  loading: () => undefined,
  empty: (view) => view.receive(state()),
  'a long chat': (view) => view.receive(state({ current: LONG })),
  'a streaming answer': (view) =>
    view.receive(state({ streamingId: 'a', current: conversation(question('q', 'Why?'), answer('a', 'Because', { state: 'streaming' })) })),
  'the history': (view) => {
    view.receive(state({ current: LONG }));
    view.click(view.button('Conversations'));
    view.click(view.button('Delete “Another one”'));
  },
  'a model that cannot chat': (view) =>
    view.receive(state({ model: { name: 'm', state: 'no-chat', error: 'Choose another one.', where: 'this machine' } })),
  'an open list of mentions': (view) => {
    view.receive(state());
    view.type('#');
    view.receive({ type: 'mentions', query: '', suggestions: [{ kind: 'file', label: 'file:a.ts', id: '1', description: 'src' }] });
  },
  'a question being edited, with the panel about the model': (view) => {
    view.receive(state({ current: conversation(question('q', 'Why?')) }));
    view.click(view.button('About this model'));
    view.click(view.button('Edit and send again'));
  },
  'a full budget': (view) => {
    view.receive(
      state({ budget: { available: 10, parts: [{ label: 'conversation', tokens: 20 }], trimmedMessages: 1, cutMentions: ['file:a'] } }),
    );
  },
};

describe('accessibility', () => {
  let view: ChatView;
  beforeEach(() => {
    // axe draws icons to tell them from text; the simulated browser has no canvas.
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
    document.title = 'Bamboo';
    document.documentElement.lang = 'en';
    view = openChatView();
  });
  afterEach(() => view.close());

  it.each(Object.keys(STATES))('has no serious violation: %s', { timeout: 60_000 }, async (name) => {
    STATES[name]?.(view);
    vi.useRealTimers();
    // Contrast needs layout and the colours of a theme.
    const { violations } = await axe.run(document, {
      rules: { 'color-contrast': { enabled: false }, 'page-has-heading-one': { enabled: false } },
    });
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical' || impact === 'moderate');
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
  });

  it('gives every control a name', () => {
    view.receive(state({ current: LONG }));
    for (const control of view.root.querySelectorAll('button, textarea, input')) {
      expect((control.getAttribute('aria-label') ?? control.textContent).trim()).not.toBe('');
    }
  });
});
