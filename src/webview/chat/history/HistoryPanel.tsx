/**
 * The conversations of this workspace: search, open, export, delete. The host searches; the view only asks and shows.
 */
import type { JSX, TargetedKeyboardEvent } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { CHAT_LIMITS, type ChatState } from '../../../protocol/chat';
import type { ChatActions } from '../chatActions';
import { IconButton } from '../controls/IconButton';
import type { ViewState } from '../viewState';
import { WORDS } from '../words';
import { HistoryItem } from './HistoryItem';

const SEARCH_DELAY_MS = 150;

export interface HistoryPanelProps {
  readonly chat: ChatState;
  readonly found: ViewState['found'];
  readonly actions: ChatActions;
  readonly onClose: () => void;
  readonly onOpened: () => void;
}

export function HistoryPanel({ chat, found, actions, onClose, onOpened }: HistoryPanelProps): JSX.Element {
  const panel = useRef<HTMLElement>(null);
  const [query, setQuery] = useState('');
  useSearch(query, chat.conversations, actions);
  const isFound = query !== '' && found?.query === query;
  const known = new Set(chat.conversations.map(({ id }) => id));
  // A conversation that was deleted meanwhile is not found any more.
  const shown = isFound ? found.conversations.filter(({ id }) => known.has(id)) : chat.conversations;
  const focusAfterDelete = useFocusAfterDelete(panel, shown.length);

  useLayoutEffect(() => panel.current?.querySelector('input')?.focus(), []);
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    onClose();
  };
  return (
    <section ref={panel} class="history" aria-label={WORDS.history} onKeyDown={onKeyDown}>
      <div class="history-header">
        <input
          type="search"
          class="text-field"
          aria-label={WORDS.searchConversations}
          placeholder={WORDS.searchConversations}
          maxLength={CHAT_LIMITS.queryChars}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
        <IconButton icon="close" label={WORDS.closeHistory} onClick={onClose} />
      </div>
      {shown.length === 0 ? (
        <p class="hint">{isFound ? WORDS.noneFound : WORDS.noConversations}</p>
      ) : (
        <ul class="history-list">
          {shown.map((conversation, index) => (
            <HistoryItem
              key={conversation.id}
              conversation={conversation}
              isCurrent={conversation.id === chat.current.id}
              onOpen={() => {
                actions.conversation('open', conversation.id);
                onOpened();
              }}
              onExport={() => actions.conversation('export', conversation.id)}
              onDelete={() => {
                focusAfterDelete(index);
                actions.conversation('delete', conversation.id);
              }}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

/** Asks anew when the words change, and when a conversation came or went. */
function useSearch(query: string, conversations: ChatState['conversations'], actions: ChatActions): void {
  const ids = conversations.map(({ id }) => id).join('\n');
  useEffect(() => {
    if (query === '') return undefined;
    const timer = setTimeout(() => actions.search(query), SEARCH_DELAY_MS);
    return () => clearTimeout(timer);
  }, [query, ids, actions]);
}

/** Once the deleted one is gone, the focus goes to what took its place, or to the search box. */
function useFocusAfterDelete(panel: { readonly current: HTMLElement | null }, count: number): (index: number) => void {
  const deleted = useRef<{ readonly index: number; readonly count: number } | undefined>(undefined);
  useLayoutEffect(() => {
    if (deleted.current === undefined || count >= deleted.current.count) return;
    const items = panel.current?.querySelectorAll<HTMLElement>('.history-open') ?? [];
    const next = items[Math.min(deleted.current.index, items.length - 1)] ?? panel.current?.querySelector('input');
    deleted.current = undefined;
    next?.focus();
  }, [count, panel]);
  return (index) => {
    deleted.current = { index, count };
  };
}
