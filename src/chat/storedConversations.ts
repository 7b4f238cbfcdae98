/**
 * The stored form of the conversations: a version, and a check of every one when it is read.
 * What does not pass is handed back as it was, so that the history can set it aside instead of losing it.
 */
import * as v from 'valibot';
import { CHAT_LIMITS } from '../protocol/chat';
import { settled, type StoredConversation } from './conversation';

const VERSION = 1;

const mention = v.object({
  kind: v.picklist(['selection', 'file', 'symbol', 'problem']),
  label: v.pipe(v.string(), v.maxLength(1_000)),
  id: v.pipe(v.string(), v.maxLength(4_000)),
});

const message = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  role: v.picklist(['user', 'assistant']),
  text: v.pipe(v.string(), v.maxLength(CHAT_LIMITS.answerChars + CHAT_LIMITS.questionChars)),
  mentions: v.pipe(v.array(mention), v.maxLength(CHAT_LIMITS.mentions)),
  state: v.picklist(['complete', 'waiting', 'streaming', 'stopped', 'failed']),
  error: v.optional(v.string()),
  notice: v.optional(v.string()),
  generatedTokens: v.optional(v.number()),
  tokensPerSecond: v.optional(v.number()),
});

const conversation = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  title: v.pipe(v.string(), v.maxLength(200)),
  updatedAtMs: v.pipe(v.number(), v.finite()),
  messages: v.pipe(v.array(message), v.maxLength(CHAT_LIMITS.messages)),
});

const file = v.object({ version: v.literal(VERSION), conversations: v.array(v.unknown()) });

export interface ReadConversations {
  readonly conversations: readonly StoredConversation[];
  /** Raw values that are no conversations. */
  readonly unreadable: readonly unknown[];
}

export function readStored(raw: unknown): ReadConversations {
  if (raw === undefined) return { conversations: [], unreadable: [] };
  const whole = v.safeParse(file, raw);
  if (!whole.success) return { conversations: [], unreadable: [raw] };
  const conversations = new Map<string, StoredConversation>();
  const unreadable: unknown[] = [];
  for (const entry of whole.output.conversations) {
    const parsed = v.safeParse(conversation, entry);
    if (parsed.success && !conversations.has(parsed.output.id)) conversations.set(parsed.output.id, settled(parsed.output));
    else unreadable.push(entry);
  }
  return { conversations: [...conversations.values()], unreadable };
}

export function toStored(conversations: readonly StoredConversation[]): unknown {
  return { version: VERSION, conversations };
}
