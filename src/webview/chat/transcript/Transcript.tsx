/**
 * The conversation that is open, newest at the end. Of a long one only the newest messages are drawn until the rest is asked for.
 */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ChatState } from '../../../protocol/chat';
import type { ChatActions } from '../chatActions';
import { Icon } from '../controls/Icon';
import { WORDS } from '../words';
import { Answer } from './Answer';
import { Question } from './Question';
import { useStickToBottom } from './useStickToBottom';

const FIRST_SHOWN = 60;

export interface TranscriptProps {
  readonly chat: ChatState;
  readonly actions: ChatActions;
  readonly onSent: () => void;
}

export function Transcript({ chat, actions, onSent }: TranscriptProps): JSX.Element {
  const { messages, id } = chat.current;
  const [shownCount, setShownCount] = useState(FIRST_SHOWN);
  const { scroller, isAtEnd, onScroll, jumpToEnd } = useStickToBottom(messages);
  // Another conversation, or a question just sent, begins at its end.
  useEffect(() => {
    setShownCount(FIRST_SHOWN);
    jumpToEnd();
  }, [id, messages.length, jumpToEnd]);

  const hidden = Math.max(0, messages.length - shownCount);
  const isModelReady = chat.model.state === 'ready';
  const isBusy = chat.streamingId !== undefined;
  return (
    <div class="transcript-frame">
      {/* The live region of the view speaks for it, in sentences. */}
      <div ref={scroller} class="transcript" role="log" aria-live="off" aria-label={WORDS.transcript} tabIndex={0} onScroll={onScroll}>
        {hidden > 0 && (
          <button type="button" class="link-button earlier" onClick={() => setShownCount(messages.length)}>
            {WORDS.earlier(hidden)}
          </button>
        )}
        {messages
          .slice(hidden)
          .map((message) =>
            message.role === 'user' ? (
              <Question key={message.id} message={message} actions={actions} onSent={onSent} />
            ) : (
              <Answer key={message.id} message={message} actions={actions} isModelReady={isModelReady} isBusy={isBusy} />
            ),
          )}
      </div>
      {!isAtEnd && (
        <button type="button" class="jump-button" aria-label={WORDS.newest} title={WORDS.newest} onClick={jumpToEnd}>
          <Icon name="arrow-down" />
        </button>
      )}
    </div>
  );
}
