/**
 * A conversation as values: adding, replacing and dropping messages gives a new one.
 * Nothing here asks a model or stores anything.
 */
import type { ChatMessage, Conversation, ConversationSummary, Mention, MessageState } from '../protocol/chat';

export interface StoredMessage {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly mentions: readonly Mention[];
  readonly state: MessageState;
  readonly error?: string | undefined;
  /** Why an answer ended before the model ended it, in a sentence. */
  readonly notice?: string | undefined;
  readonly generatedTokens?: number | undefined;
  readonly tokensPerSecond?: number | undefined;
}

export interface StoredConversation {
  readonly id: string;
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly updatedAtMs: number;
  readonly messages: readonly StoredMessage[];
}

const TITLE_CHARS = 60;
export const UNTITLED = 'New conversation';

export function emptyConversation(id: string, nowMs: number): StoredConversation {
  return { id, title: UNTITLED, updatedAtMs: nowMs, messages: [] };
}

export function question(id: string, text: string, mentions: readonly Mention[]): StoredMessage {
  return { id, role: 'user', text, mentions, state: 'complete' };
}

export function waitingAnswer(id: string): StoredMessage {
  return { id, role: 'assistant', text: '', mentions: [], state: 'waiting' };
}

/** The first question names the conversation. */
export function withMessages(conversation: StoredConversation, added: readonly StoredMessage[], nowMs: number): StoredConversation {
  const messages = [...conversation.messages, ...added];
  const first = messages.find((message) => message.role === 'user');
  return { ...conversation, messages, title: first ? titleOf(first.text) : UNTITLED, updatedAtMs: nowMs };
}

export function withMessage(conversation: StoredConversation, changed: StoredMessage): StoredConversation {
  return { ...conversation, messages: conversation.messages.map((message) => (message.id === changed.id ? changed : message)) };
}

/** Without the message and what followed it; undefined when there is no such message. */
export function before(conversation: StoredConversation, messageId: string): StoredConversation | undefined {
  const index = conversation.messages.findIndex((message) => message.id === messageId);
  return index < 0 ? undefined : { ...conversation, messages: conversation.messages.slice(0, index) };
}

export function titleOf(text: string): string {
  const line = text.trim().split('\n', 1).join('').replace(/\s+/g, ' ');
  if (line === '') return UNTITLED;
  return line.length <= TITLE_CHARS ? line : `${line.slice(0, TITLE_CHARS - 1).trimEnd()}…`;
}

export function summaryOf({ id, title, updatedAtMs, messages }: StoredConversation): ConversationSummary {
  return { id, title, updatedAtMs, messages: messages.length };
}

/** What was being written when the editor closed was stopped by that. */
export function settled(conversation: StoredConversation): StoredConversation {
  const messages = conversation.messages.map((message) =>
    message.state === 'waiting' || message.state === 'streaming' ? { ...message, state: 'stopped' as const } : message,
  );
  return { ...conversation, messages };
}

export function shownConversation(conversation: StoredConversation, trimmedIds: ReadonlySet<string>): Conversation {
  const { id, title, messages } = conversation;
  return { id, title, messages: messages.map((message) => shownMessage(message, trimmedIds.has(message.id))) };
}

/** A notice is shown below the text that it is about. */
function shownMessage({ notice, error, generatedTokens, tokensPerSecond, ...message }: StoredMessage, trimmed: boolean): ChatMessage {
  return {
    ...message,
    text: notice === undefined ? message.text : `${closeCode(message.text)}\n\n*${notice}*`,
    trimmed,
    ...(error !== undefined && { error }),
    ...(generatedTokens !== undefined && { generatedTokens }),
    ...(tokensPerSecond !== undefined && { tokensPerSecond }),
  };
}

/** Ends a code block that the text left open, so that what follows is not taken for code. */
export function closeCode(text: string): string {
  let open: string | undefined;
  for (const line of text.split('\n')) {
    const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined) continue;
    if (open === undefined) open = fence;
    else if (fence.startsWith(open)) open = undefined;
  }
  return open === undefined ? text : `${text.trimEnd()}\n${open}`;
}
