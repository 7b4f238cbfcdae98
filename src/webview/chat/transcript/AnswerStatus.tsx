/**
 * How an answer stands when it is not simply there: waiting, just begun, stopped or failed; and its measured figures once it is over.
 */
import type { JSX } from 'preact';
import type { ChatMessage } from '../../../protocol/chat';
import { Icon } from '../controls/Icon';
import { visibleText } from '../markdown/visibleText';
import { WORDS } from '../words';

export interface AnswerStatusProps {
  readonly message: ChatMessage;
  readonly isModelReady: boolean;
  /** Absent while something else is being written. */
  readonly onRetry?: (() => void) | undefined;
}

export function AnswerStatus({ message, isModelReady, onRetry }: AnswerStatusProps): JSX.Element | null {
  switch (message.state) {
    case 'waiting':
      return (
        <p class="status">
          <Icon name="loading" spin />
          <span>{isModelReady ? WORDS.waitingForCompletions : WORDS.waitingForModel}</span>
        </p>
      );
    case 'stopped':
      return (
        <p class="status">
          <Icon name="debug-stop" />
          <span>{WORDS.stopped}</span>
        </p>
      );
    case 'failed':
      return (
        <div class="status failed-status">
          <Icon name="error" />
          <span>{visibleText(message.error ?? WORDS.failedWithoutReason)}</span>
          <button type="button" class="button" disabled={onRetry === undefined} onClick={onRetry}>
            {WORDS.retry}
          </button>
        </div>
      );
    case 'streaming':
      return message.text === '' ? <p class="status first-caret" /> : null;
    case 'complete':
      return null;
  }
}

/** Only what was measured. */
export function answerFigures({ generatedTokens, tokensPerSecond }: ChatMessage): string {
  return [
    generatedTokens === undefined ? '' : WORDS.tokens(generatedTokens),
    tokensPerSecond === undefined ? '' : WORDS.tokensPerSecond(tokensPerSecond),
  ]
    .filter((figure) => figure !== '')
    .join(' · ');
}
