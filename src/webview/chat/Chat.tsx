/**
 * The whole chat view: which of its parts is shown, and what passes between them.
 */
import type { JSX } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ChatState } from '../../protocol/chat';
import type { ChatActions } from './chatActions';
import { Composer } from './composer/Composer';
import { useDraft } from './composer/useDraft';
import { HistoryPanel } from './history/HistoryPanel';
import { visibleText } from './markdown/visibleText';
import { EmptyConversation } from './model/EmptyConversation';
import { ModelInfo } from './model/ModelInfo';
import { ModelLine, type Panel } from './model/ModelLine';
import { ModelTrouble } from './model/ModelTrouble';
import type { Draft } from './savedDraft';
import { Transcript } from './transcript/Transcript';
import { useAnnouncements } from './transcript/useAnnouncements';
import { useNotice } from './useNotice';
import type { ViewState } from './viewState';
import { WORDS } from './words';

export interface ChatProps {
  readonly view: ViewState;
  readonly chat: ChatState;
  readonly actions: ChatActions;
  readonly saved: Draft;
  readonly save: (draft: Draft) => void;
}

export function Chat({ view, chat, actions, saved, save }: ChatProps): JSX.Element {
  const [panel, setPanel] = useState<Panel>(undefined);
  const field = useRef<HTMLTextAreaElement>(null);
  const modelTools = useRef<HTMLSpanElement>(null);
  const { notice, notify } = useNotice(view.notice);
  const announcement = useAnnouncements(chat);
  const editing = useDraft({ saved, actions, save, notify });
  const focusComposer = useCallback(() => field.current?.focus(), []);
  const compose = useCallback(
    (draft: Draft) => {
      setPanel(undefined);
      editing.replace(draft);
      focusComposer();
    },
    [editing, focusComposer],
  );
  useComposeRequests(view.compose, compose);
  useEscapeToStop(chat.streamingId !== undefined, actions);

  const isEmpty = chat.current.messages.length === 0;
  return (
    <main class="chat">
      <ModelLine model={chat.model} actions={actions} panel={panel} onPanel={setPanel} tools={modelTools} />
      {panel === 'info' && <ModelInfo model={chat.model} actions={actions} />}
      <ModelTrouble model={chat.model} actions={actions} />
      <div class="middle">
        {panel === 'history' ? (
          <HistoryPanel
            chat={chat}
            found={view.found}
            actions={actions}
            onClose={() => {
              setPanel(undefined);
              modelTools.current?.querySelector<HTMLElement>('.history-button')?.focus();
            }}
            onOpened={() => {
              setPanel(undefined);
              focusComposer();
            }}
          />
        ) : isEmpty ? (
          <EmptyConversation model={chat.model} onExample={(text) => compose({ text, mentions: editing.draft.mentions })} />
        ) : (
          <Transcript chat={chat} actions={actions} onSent={focusComposer} />
        )}
      </div>
      <div class="notice" role="status">
        {visibleText(notice)}
      </div>
      <div class="visually-hidden" role="status" aria-live="polite">
        {announcement}
      </div>
      <Composer
        chat={chat}
        mentionAnswer={view.mentions}
        editing={editing}
        actions={actions}
        field={field}
        notify={notify}
        onSent={() => setPanel(undefined)}
      />
    </main>
  );
}

export function Loading(): JSX.Element {
  return <main class="loading">{WORDS.loading}</main>;
}

/** Each request of the host is followed once. */
function useComposeRequests(request: ViewState['compose'], compose: (draft: Draft) => void): void {
  const followed = useRef(0);
  useEffect(() => {
    if (request === undefined || request.serial === followed.current) return;
    followed.current = request.serial;
    compose({ text: request.text, mentions: request.mentions });
  }, [request, compose]);
}

/** Escape anywhere in the view, unless something nearer took it: a list, an editor, a question. */
function useEscapeToStop(isStreaming: boolean, actions: ChatActions): void {
  useEffect(() => {
    if (!isStreaming) return undefined;
    const stop = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented && !event.isComposing) actions.act('stop');
    };
    window.addEventListener('keydown', stop);
    return () => window.removeEventListener('keydown', stop);
  }, [isStreaming, actions]);
}
