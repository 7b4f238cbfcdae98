/**
 * The one answer that is being written, and its conversation with the text that came so far.
 */
import { withMessage, type StoredConversation } from './conversation';

export interface RunningAnswer {
  readonly conversationId: string;
  readonly messageId: string;
  readonly abort: AbortController;
  text: string;
  began: boolean;
  savedAtMs: number;
}

/** With the text that was streamed so far. */
export function withStreamed(conversation: StoredConversation, running: RunningAnswer | undefined): StoredConversation {
  const message = conversation.messages.find(({ id }) => id === running?.messageId);
  if (!running || !message) return conversation;
  return withMessage(conversation, { ...message, text: running.text, state: running.began ? 'streaming' : 'waiting' });
}
