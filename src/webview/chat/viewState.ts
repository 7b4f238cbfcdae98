/**
 * What the view draws, and how each message of the host changes it. Pure.
 * Messages that did not change keep their identity, so that drawing can skip them.
 */
import type { ChatMessage, ChatState, ChatToView, ConversationSummary, Mention, MentionSuggestion } from '../../protocol/chat';
import { MESSAGE_CHARS } from './toViewGuard';

/** A serial tells two equal requests apart. */
export interface ComposeRequest {
  readonly serial: number;
  readonly text: string;
  readonly mentions: readonly Mention[];
}

export interface Notice {
  readonly serial: number;
  readonly text: string;
}

export interface ViewState {
  /** Absent until the host has said anything. */
  readonly chat?: ChatState;
  readonly mentions?: { readonly query: string; readonly suggestions: readonly MentionSuggestion[] };
  readonly found?: { readonly query: string; readonly conversations: readonly ConversationSummary[] };
  readonly compose?: ComposeRequest;
  readonly notice?: Notice;
}

export const EMPTY_VIEW: ViewState = {};

export function reduceView(view: ViewState, message: ChatToView): ViewState {
  switch (message.type) {
    case 'state':
      return { ...view, chat: keepingMessages(view.chat, message.state) };
    case 'append':
      return view.chat === undefined ? view : { ...view, chat: appended(view.chat, message.messageId, message.text) };
    case 'budget':
      return view.chat === undefined ? view : { ...view, chat: { ...view.chat, budget: message.budget } };
    case 'mentions':
      return { ...view, mentions: { query: message.query, suggestions: message.suggestions } };
    case 'found':
      return { ...view, found: { query: message.query, conversations: message.conversations } };
    case 'compose':
      return { ...view, compose: { serial: (view.compose?.serial ?? 0) + 1, text: message.text, mentions: message.mentions } };
    case 'notice':
      return { ...view, notice: { serial: (view.notice?.serial ?? 0) + 1, text: message.text } };
  }
}

function appended(chat: ChatState, messageId: string, text: string): ChatState {
  const index = chat.current.messages.findIndex((message) => message.id === messageId);
  const message = chat.current.messages[index];
  if (message === undefined) return chat;
  const longer: ChatMessage = {
    ...message,
    text: (message.text + text).slice(0, MESSAGE_CHARS),
    state: message.state === 'waiting' ? 'streaming' : message.state,
  };
  return { ...chat, current: { ...chat.current, messages: chat.current.messages.with(index, longer) } };
}

function keepingMessages(before: ChatState | undefined, after: ChatState): ChatState {
  if (before?.current.id !== after.current.id) return after;
  const known = new Map(before.current.messages.map((message) => [message.id, message]));
  const messages = after.current.messages.map((message) => {
    const old = known.get(message.id);
    return old !== undefined && isSame(old, message) ? old : message;
  });
  return { ...after, current: { ...after.current, messages } };
}

function isSame(a: ChatMessage, b: ChatMessage): boolean {
  return (
    a.role === b.role &&
    a.text === b.text &&
    a.state === b.state &&
    a.error === b.error &&
    a.trimmed === b.trimmed &&
    a.generatedTokens === b.generatedTokens &&
    a.tokensPerSecond === b.tokensPerSecond &&
    a.mentions.length === b.mentions.length &&
    a.mentions.every((mention, index) => mention.id === b.mentions[index]?.id && mention.label === b.mentions[index].label)
  );
}
