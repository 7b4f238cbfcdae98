/**
 * An answer of the model: its Markdown, how it stands, and what can be done with it.
 */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { CHAT_LIMITS, type ChatMessage } from '../../../protocol/chat';
import type { ChatActions } from '../chatActions';
import { IconButton } from '../controls/IconButton';
import { Toolbar } from '../controls/Toolbar';
import { CutText } from '../markdown/CutText';
import { MarkdownText } from '../markdown/MarkdownText';
import { WORDS } from '../words';
import { AnswerStatus, answerFigures } from './AnswerStatus';
import { TrimmedNote } from './TrimmedNote';

export interface AnswerProps {
  readonly message: ChatMessage;
  readonly actions: ChatActions;
  readonly isModelReady: boolean;
  /** Something is being written: nothing else can be. */
  readonly isBusy: boolean;
}

export function Answer({ message, actions, isModelReady, isBusy }: AnswerProps): JSX.Element {
  return useMemo(() => {
    const isGrowing = message.state === 'streaming';
    const isOver = message.state !== 'waiting' && !isGrowing;
    const regenerate = (): void => actions.regenerate(message.id);
    const figures = answerFigures(message);
    return (
      <article
        class={`message answer ${message.state}${message.trimmed ? ' trimmed' : ''}`}
        aria-label={WORDS.answer}
        aria-busy={isGrowing || undefined}
      >
        <CutText text={message.text} mostChars={CHAT_LIMITS.answerChars}>
          {(shown) => <MarkdownText text={shown} isGrowing={isGrowing} onCode={actions.code} />}
        </CutText>
        <AnswerStatus message={message} isModelReady={isModelReady} onRetry={isBusy ? undefined : regenerate} />
        {message.trimmed && <TrimmedNote />}
        {isOver && (
          <div class="answer-footer">
            <Toolbar label={WORDS.answerTools} class="message-tools">
              <IconButton icon="copy" label={WORDS.copyMessage} onClick={() => actions.copyMessage(message.id)} />
              <IconButton icon="refresh" label={WORDS.regenerate} disabled={isBusy} onClick={regenerate} />
            </Toolbar>
            {figures !== '' && <span class="figures">{figures}</span>}
          </div>
        )}
      </article>
    );
  }, [message, actions, isModelReady, isBusy]);
}
