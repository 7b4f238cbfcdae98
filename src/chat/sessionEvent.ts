/**
 * What a chat session tells whoever shows it, and the sentences it says. Types and words only.
 */
import { CHAT_LIMITS, type Mention, type TokenBudget } from '../protocol/chat';

export type ChatEvent =
  | { readonly type: 'changed' }
  | { readonly type: 'append'; readonly messageId: string; readonly text: string }
  | { readonly type: 'budget'; readonly budget: TokenBudget }
  | { readonly type: 'notice'; readonly text: string }
  /** Back into the input box: it could not be sent. */
  | { readonly type: 'compose'; readonly text: string; readonly mentions: readonly Mention[] };

export const SESSION_NOTICES = {
  busy: 'An answer is being written. Stop it or wait for its end.',
  full: `A conversation has at most ${CHAT_LIMITS.messages} messages. Begin a new one.`,
  needsCode: 'Select the code first, or mention some with #.',
  deleted: 'Conversation deleted',
  restarted: 'The worker was started afresh; the answer begins anew.',
} as const;
