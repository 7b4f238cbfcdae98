/**
 * The list of conversations: opening, searching, exporting, and deleting without a dialogue.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { updatedAgo } from '../../../src/webview/chat/history/updatedAgo';
import { conversation, openChatView, question, state, type ChatView } from './chatView';

const ALL = [
  { id: 'c1', title: 'A conversation', updatedAtMs: 1_799_999_000_000, messages: 2 },
  { id: 'c2', title: 'Another one', updatedAtMs: 1_799_900_000_000, messages: 4 },
  { id: 'c3', title: '', updatedAtMs: 1_700_000_000_000, messages: 1 },
];

describe('the history', () => {
  let view: ChatView;
  beforeEach(() => {
    view = openChatView();
    view.receive(state({ current: conversation(question('q', 'Why?')), conversations: ALL }));
    view.takeSent();
    view.click(view.button('Conversations'));
  });
  afterEach(() => view.close());

  const titles = (): (string | null)[] => [...view.root.querySelectorAll('.history-title')].map((title) => title.textContent);
  const search = (text: string): void => {
    view.fill(view.find('.history input'), text);
    view.pass(200);
  };

  it('lists the conversations and begins in the search box', () => {
    expect(titles()).toEqual(['A conversation', 'Another one', 'Untitled']);
    expect(view.find('.history-item.current').textContent).toContain('2 messages · open now');
    expect(document.activeElement).toBe(view.find('.history input'));
  });

  it('opens one and goes back to the composer', () => {
    view.click(view.root.querySelectorAll('.history-open')[1] ?? view.root);
    expect(view.takeSent()).toEqual([{ type: 'open', conversationId: 'c2' }]);
    expect(view.root.querySelector('.history')).toBeNull();
    expect(document.activeElement).toBe(view.composer);
  });

  it('exports one', () => {
    view.click(view.button('Export “Another one”'));
    expect(view.takeSent()).toEqual([{ type: 'export', conversationId: 'c2' }]);
  });

  it('searches once typing pauses and shows what the host found', () => {
    search('other');
    expect(view.takeSent()).toEqual([{ type: 'search', query: 'other' }]);
    view.receive({ type: 'found', query: 'something else', conversations: [] });
    expect(titles()).toHaveLength(3);
    view.receive({ type: 'found', query: 'other', conversations: ALL.slice(1, 2) });
    expect(titles()).toEqual(['Another one']);
    view.receive({ type: 'found', query: 'other', conversations: [] });
    expect(view.find('.history').textContent).toContain('No conversation contains these words.');
    search('');
    expect(titles()).toHaveLength(3);
  });

  it('asks in place before it deletes, with keeping as the first choice', () => {
    view.click(view.button('Delete “Another one”'));
    expect(view.takeSent()).toEqual([]);
    expect(document.activeElement).toBe(view.button('Keep'));
    view.click(view.button('Keep'));
    expect(titles()).toHaveLength(3);
    expect(document.activeElement).toBe(view.button('Delete “Another one”'));
  });

  it('takes Escape as keeping, and the next Escape as going back', () => {
    view.click(view.button('Delete “Another one”'));
    view.press(view.button('Keep'), 'Escape');
    expect(view.takeSent()).toEqual([]);
    expect(view.root.querySelector('.history')).not.toBeNull();
    view.press(view.button('Delete “Another one”'), 'Escape');
    expect(view.root.querySelector('.history')).toBeNull();
    expect(document.activeElement).toBe(view.button('Conversations'));
  });

  it('moves the focus to what takes the place of a deleted one', () => {
    view.click(view.button('Delete “Another one”'));
    view.click(view.button('Delete'));
    expect(view.takeSent()).toEqual([{ type: 'delete', conversationId: 'c2' }]);
    view.receive(state({ conversations: ALL.filter(({ id }) => id !== 'c2') }));
    expect(document.activeElement?.textContent).toContain('Untitled');
  });

  it('moves the focus to the search box when the last one is gone', () => {
    view.receive(state({ conversations: ALL.slice(0, 1) }));
    view.click(view.button('Delete “A conversation”'));
    view.click(view.button('Delete'));
    view.receive(state({ conversations: [] }));
    expect(document.activeElement).toBe(view.find('.history input'));
    expect(view.find('.history').textContent).toContain('No conversations yet.');
  });
});

describe('updatedAgo', () => {
  const NOW_MS = Date.UTC(2026, 0, 20, 12);
  it.each([
    [0, 'this minute'],
    [5 * 60_000, '5 minutes ago'],
    [3 * 3_600_000, '3 hours ago'],
    [86_400_000, 'yesterday'],
    [10 * 86_400_000, 'Jan 10, 2026'],
    [-5000, 'this minute'],
  ])('says of something %i ms old: %s', (ageMs, said) => {
    expect(updatedAgo(NOW_MS - ageMs, NOW_MS)).toBe(said);
  });
});
