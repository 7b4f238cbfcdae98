/**
 * One conversation in the list. Deleting asks in its place.
 */
import type { JSX, TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ConversationSummary } from '../../../protocol/chat';
import { IconButton } from '../controls/IconButton';
import { visibleText } from '../markdown/visibleText';
import { WORDS } from '../words';
import { updatedAgo } from './updatedAgo';

const TITLE_CHARS = 200;

export interface HistoryItemProps {
  readonly conversation: ConversationSummary;
  readonly isCurrent: boolean;
  readonly onOpen: () => void;
  readonly onExport: () => void;
  readonly onDelete: () => void;
}

export function HistoryItem({ conversation, isCurrent, onOpen, onExport, onDelete }: HistoryItemProps): JSX.Element {
  const [isAsking, setAsking] = useState(false);
  const item = useRef<HTMLLIElement>(null);
  const wasAsking = useRef(false);
  useLayoutEffect(() => {
    if (isAsking) item.current?.querySelector<HTMLElement>('.delete-no')?.focus();
    else if (wasAsking.current) item.current?.querySelector<HTMLElement>('.delete-button')?.focus();
    wasAsking.current = isAsking;
  }, [isAsking]);

  const title = visibleText(conversation.title.slice(0, TITLE_CHARS)) || WORDS.untitled;
  if (isAsking) return <DeleteQuestion item={item} title={title} onYes={onDelete} onNo={() => setAsking(false)} />;
  const details = [
    updatedAgo(conversation.updatedAtMs, Date.now()),
    WORDS.messages(conversation.messages),
    ...(isCurrent ? [WORDS.currentConversation] : []),
  ];
  return (
    <li ref={item} class={`history-item${isCurrent ? ' current' : ''}`}>
      <button type="button" class="history-open" aria-current={isCurrent || undefined} onClick={onOpen}>
        <span class="history-title" title={title}>
          {title}
        </span>
        <span class="history-details">{details.join(' · ')}</span>
      </button>
      <span class="history-tools">
        <IconButton icon="export" label={WORDS.exportConversation(title)} onClick={onExport} />
        <IconButton class="delete-button" icon="trash" label={WORDS.deleteConversation(title)} onClick={() => setAsking(true)} />
      </span>
    </li>
  );
}

interface DeleteQuestionProps {
  readonly item: { current: HTMLLIElement | null };
  readonly title: string;
  readonly onYes: () => void;
  readonly onNo: () => void;
}

function DeleteQuestion({ item, title, onYes, onNo }: DeleteQuestionProps): JSX.Element {
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLLIElement>): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    onNo();
  };
  return (
    <li ref={item} class="history-item asking" onKeyDown={onKeyDown}>
      <div role="group" aria-label={`${WORDS.deleteQuestion} ${title}`}>
        <span class="history-title">{title}</span>
        <p class="hint">{WORDS.deleteQuestion}</p>
        <div class="button-row">
          <button type="button" class="button danger" onClick={onYes}>
            {WORDS.deleteYes}
          </button>
          <button type="button" class="button delete-no" onClick={onNo}>
            {WORDS.deleteNo}
          </button>
        </div>
      </div>
    </li>
  );
}
