/**
 * The composer, by keyboard: sending, recalling, mentions, commands, the budget, and the draft that survives.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer, conversation, openChatView, question, state, type ChatView } from './chatView';

const FILE = { kind: 'file', label: 'file:src/cart.ts', id: 'f1' } as const;
const SUGGESTIONS = [
  { ...FILE, description: 'src' },
  { kind: 'symbol', label: 'symbol:total', id: 's1', description: 'function in src/cart.ts' },
] as const;

describe('the composer', () => {
  let view: ChatView;
  beforeEach(() => {
    view = openChatView();
    view.receive(state({ current: conversation(question('q', 'The last question', { mentions: [FILE] }), answer('a', 'Yes.')) }));
    view.takeSent();
  });
  afterEach(() => view.close());

  const options = (): string[] =>
    [...view.root.querySelectorAll('[role=option]')].map((option) => option.querySelector('.suggestion-name')?.textContent ?? '');

  describe('sending', () => {
    it('sends with Enter, empties the box and keeps the focus', () => {
      view.type('Why?');
      expect(view.press(view.composer, 'Enter')).toBe(false);
      expect(view.takeSent()).toEqual([{ type: 'send', text: 'Why?', mentions: [] }]);
      expect(view.composer.value).toBe('');
      expect(document.activeElement).toBe(view.composer);
    });

    it('sends with the button', () => {
      view.type('Why?');
      view.click(view.button('Send (Enter)'));
      expect(view.takeSent()).toEqual([{ type: 'send', text: 'Why?', mentions: [] }]);
    });

    it('leaves Shift+Enter to the browser, which begins a line', () => {
      view.type('Why?');
      expect(view.press(view.composer, 'Enter', { shiftKey: true })).toBe(true);
      expect(view.takeSent()).toEqual([]);
    });

    it('does not send while an input method composes', () => {
      view.type('なぜ');
      expect(view.press(view.composer, 'Enter', { isComposing: true })).toBe(true);
      expect(view.takeSent()).toEqual([]);
    });

    it('sends nothing that is empty', () => {
      view.type('  \n ');
      view.press(view.composer, 'Enter');
      expect(view.button('Send (Enter)').disabled).toBe(true);
      expect(view.takeSent()).toEqual([]);
    });

    it('says how much is too long instead of cutting it', () => {
      view.type('x'.repeat(100_002));
      view.press(view.composer, 'Enter');
      expect(view.takeSent()).toEqual([]);
      expect(view.find('.composer').textContent).toContain('2 characters too long to send.');
    });

    it('sends nothing to a model that cannot chat', () => {
      view.receive(state({ model: { name: 'm', state: 'no-chat', where: 'this machine' } }));
      view.type('Why?');
      view.press(view.composer, 'Enter');
      expect(view.takeSent()).toEqual([]);
      expect(view.composer.value).toBe('Why?');
    });

    it('keeps the text while an answer is being written, and says why', () => {
      view.receive(state({ streamingId: 'a', current: conversation(question('q', 'Why?'), answer('a', '', { state: 'streaming' })) }));
      view.type('And?');
      view.press(view.composer, 'Enter');
      expect(view.takeSent()).toEqual([]);
      expect(view.composer.value).toBe('And?');
      expect(view.find('.notice').textContent).toBe('Wait for the answer, or stop it with Escape.');
    });
  });

  describe('recalling', () => {
    it('brings the last question back with Up in the empty box', () => {
      view.press(view.composer, 'ArrowUp');
      expect(view.composer.value).toBe('The last question');
      expect(view.find('.composer .chip-label').textContent).toBe('file:src/cart.ts');
    });

    it('leaves Up alone when there is text', () => {
      view.type('two\nlines');
      expect(view.press(view.composer, 'ArrowUp')).toBe(true);
      expect(view.composer.value).toBe('two\nlines');
    });

    it('gives a draft back that a command of the editor replaced', () => {
      view.type('half a thought');
      view.receive({ type: 'compose', text: '/explain ', mentions: [] });
      expect(view.composer.value).toBe('/explain ');
      expect(view.find('.notice').textContent).toContain('Your draft was set aside');
      view.type('');
      view.press(view.composer, 'ArrowUp');
      expect(view.composer.value).toBe('half a thought');
    });
  });

  describe('mentions', () => {
    it('asks the host for what stands after the sign', () => {
      view.sent.length = 0;
      view.type('#');
      view.type('#ca');
      expect(view.sent.filter(({ type }) => type === 'mentionQuery')).toEqual([
        { type: 'mentionQuery', query: '' },
        { type: 'mentionQuery', query: 'ca' },
      ]);
    });

    it('lists what the host answers, with the first one active and named by the box', () => {
      view.type('Why does #ca');
      view.receive({ type: 'mentions', query: 'ca', suggestions: SUGGESTIONS });
      expect(options()).toEqual(['file:src/cart.ts', 'symbol:total']);
      const active = view.composer.getAttribute('aria-activedescendant') ?? '';
      expect(document.getElementById(active)?.getAttribute('aria-selected')).toBe('true');
      expect(view.composer.getAttribute('aria-controls')).toBe(view.find('[role=listbox]').id);
    });

    it('moves with the arrows, picks with Enter, and sends what was picked', () => {
      view.type('Why does #ca');
      view.receive({ type: 'mentions', query: 'ca', suggestions: SUGGESTIONS });
      view.press(view.composer, 'ArrowDown');
      expect(view.find('[aria-selected=true] .suggestion-name').textContent).toBe('symbol:total');
      view.press(view.composer, 'ArrowDown');
      expect(view.find('[aria-selected=true] .suggestion-name').textContent).toBe('file:src/cart.ts');
      view.press(view.composer, 'ArrowUp');
      view.press(view.composer, 'Enter');
      expect(view.composer.value).toBe('Why does ');
      expect(options()).toEqual([]);
      view.press(view.composer, 'Enter');
      expect(view.takeSent()).toEqual([
        { type: 'send', text: 'Why does ', mentions: [{ kind: 'symbol', label: 'symbol:total', id: 's1' }] },
      ]);
    });

    it('picks with Tab and with the mouse', () => {
      view.type('#');
      view.receive({ type: 'mentions', query: '', suggestions: SUGGESTIONS });
      view.press(view.composer, 'Tab');
      view.type('#');
      view.click(view.root.querySelectorAll('[role=option]')[1] ?? view.root);
      expect([...view.root.querySelectorAll('.composer .chip-label')].map((chip) => chip.textContent)).toEqual([
        'file:src/cart.ts',
        'symbol:total',
      ]);
    });

    it('leaves Tab to the browser when no list is open', () => {
      view.type('text');
      expect(view.press(view.composer, 'Tab')).toBe(true);
    });

    it('closes the list with Escape without stopping anything', () => {
      view.receive(state({ streamingId: 'a' }));
      view.type('#');
      view.receive({ type: 'mentions', query: '', suggestions: SUGGESTIONS });
      view.press(view.composer, 'Escape');
      expect(options()).toEqual([]);
      expect(view.takeSent()).toEqual([]);
      view.press(view.composer, 'Escape');
      expect(view.takeSent()).toEqual([{ type: 'action', action: 'stop' }]);
    });

    it('says when nothing has that name', () => {
      view.type('#nowhere');
      view.receive({ type: 'mentions', query: 'nowhere', suggestions: [] });
      expect(view.find('.suggestions').textContent).toBe('Nothing of that name');
    });

    it('opens the list from its button', () => {
      view.type('Why');
      view.click(view.button('Add context (#)'));
      expect(view.composer.value).toBe('Why #');
      expect(view.sent.at(-1)).toEqual({ type: 'mentionQuery', query: '' });
    });

    it('removes a mention with its button and with Backspace', () => {
      view.receive({ type: 'compose', text: '', mentions: [FILE, { ...FILE, id: 'f2', label: 'file:b.ts' }] });
      view.click(view.button('Remove #file:src/cart.ts'));
      expect(document.activeElement).toBe(view.composer);
      view.press(view.composer, 'Backspace');
      expect(view.root.querySelector('.composer .chip')).toBeNull();
    });

    it('takes no more mentions than a question may carry', () => {
      const mentions = Array.from({ length: 16 }, (_, index) => ({ ...FILE, id: `m${index}` }));
      view.receive({ type: 'compose', text: '', mentions });
      view.type('#');
      view.receive({ type: 'mentions', query: '', suggestions: SUGGESTIONS });
      view.press(view.composer, 'Enter');
      expect(view.root.querySelectorAll('.composer .chip').length).toBe(16);
      expect(view.find('.notice').textContent).toBe('A question carries at most 16 mentions.');
    });
  });

  describe('commands', () => {
    it('opens at the beginning of the text only', () => {
      view.type('/');
      expect(options()).toContain('/explain');
      view.type('see /');
      expect(options()).toEqual([]);
    });

    it('narrows, completes, and sends a command that is typed out', () => {
      view.type('/ex');
      expect(options()).toEqual(['/explain']);
      view.press(view.composer, 'Enter');
      expect(view.composer.value).toBe('/explain ');
      view.type('/new');
      view.press(view.composer, 'Enter');
      expect(view.takeSent()).toEqual([{ type: 'send', text: '/new', mentions: [] }]);
    });
  });

  describe('the draft', () => {
    const drafts = (): unknown[] => view.sent.filter(({ type }) => type === 'draft');

    it('reaches the host once typing pauses', () => {
      view.type('W');
      view.type('Wh');
      view.pass(100);
      view.type('Why');
      expect(drafts()).toEqual([]);
      view.pass(300);
      expect(drafts()).toEqual([{ type: 'draft', text: 'Why', mentions: [] }]);
    });

    it('is kept at once and comes back when the view is shown again', () => {
      view.type('Why');
      const kept = view.saved.at(-1);
      view.close();
      view = openChatView(kept);
      view.receive(state());
      expect(view.composer.value).toBe('Why');
    });

    it.each([[null], ['text'], [{ text: 1, mentions: [] }], [{ text: 'x', mentions: [{}] }], [[]]])(
      'begins empty when %j was kept',
      (kept) => {
        view.close();
        view = openChatView(kept);
        view.receive(state());
        expect(view.composer.value).toBe('');
      },
    );

    it('is not kept once it is sent', () => {
      view.type('Why?');
      view.press(view.composer, 'Enter');
      expect(view.saved.at(-1)).toEqual({ text: '', mentions: [] });
    });

    it('is empty for the host after sending', () => {
      view.type('Why?');
      view.pass(300);
      view.press(view.composer, 'Enter');
      view.pass(300);
      expect(drafts().at(-1)).toEqual({ type: 'draft', text: '', mentions: [] });
      expect(view.saved.at(-1)).toEqual({ text: '', mentions: [] });
    });
  });

  describe('the budget', () => {
    const budget = {
      available: 1000,
      parts: [
        { label: 'conversation', tokens: 900 },
        { label: '#file:src/cart.ts', tokens: 600 },
      ],
      trimmedMessages: 3,
      cutMentions: ['file:src/cart.ts'],
    };

    it('shows the numbers, the parts, and what will be left out or cut', () => {
      view.receive({ type: 'budget', budget });
      expect(view.find('.budget-button').textContent).toBe('Tokens of the next question: 1,500 / 1,000');
      expect(view.find('#budget-parts').textContent).toContain('conversation900#file:src/cart.ts600over500');
      expect([...view.root.querySelectorAll('.composer-warning')].map((warning) => warning.textContent)).toEqual([
        '3 oldest messages will be left out.',
        'Does not fit and will be cut: #file:src/cart.ts',
      ]);
      expect(view.find('.budget-used').style.width).toBe('100%');
    });

    it('says when the numbers are only estimated', () => {
      view.receive({ type: 'budget', budget: { ...budget, estimated: true } });
      expect(view.find('.budget-numbers').textContent).toBe('~1,500 / 1,000');
      expect(view.find('#budget-parts').textContent).toContain('Estimated from the length');
    });

    it('shows no numbers before there are any', () => {
      view.receive({ type: 'budget', budget: { available: 0, parts: [], trimmedMessages: 0, cutMentions: [] } });
      expect(view.root.querySelector('.budget')).toBeNull();
    });
  });
});
