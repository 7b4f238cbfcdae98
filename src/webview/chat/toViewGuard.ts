/**
 * Decides whether a message of the extension host has the whole shape that the view draws, within its limits.
 * Texts may be somewhat longer than the host promises: drawing cuts them, and a dropped state would leave the view behind.
 */
import * as v from 'valibot';
import { CHAT_LIMITS, type ChatToView } from '../../protocol/chat';

/** Of one text; a line of 1 MB still arrives and is drawn cut. */
export const MESSAGE_CHARS = 2_000_000;

const LABEL_CHARS = 1024;
const SENTENCE_CHARS = 10_000;
const MAX_SUGGESTIONS = 200;
const MAX_BUDGET_PARTS = 64;

const label = v.pipe(v.string(), v.maxLength(LABEL_CHARS));
const sentence = v.pipe(v.string(), v.maxLength(SENTENCE_CHARS));
const text = v.pipe(v.string(), v.maxLength(MESSAGE_CHARS));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const measured = v.pipe(v.number(), v.finite(), v.minValue(0));
const query = v.pipe(v.string(), v.maxLength(CHAT_LIMITS.queryChars));

const mentionFields = { kind: v.picklist(['selection', 'file', 'symbol', 'problem']), label, id: sentence };
const mentions = v.pipe(v.array(v.object(mentionFields)), v.maxLength(CHAT_LIMITS.mentions));
const suggestions = v.pipe(v.array(v.object({ ...mentionFields, description: sentence })), v.maxLength(MAX_SUGGESTIONS));

const conversations = v.pipe(
  v.array(v.object({ id: label, title: sentence, updatedAtMs: measured, messages: count })),
  v.maxLength(CHAT_LIMITS.conversations),
);

const chatMessage = v.object({
  id: label,
  role: v.picklist(['user', 'assistant']),
  text,
  mentions,
  state: v.picklist(['complete', 'waiting', 'streaming', 'stopped', 'failed']),
  error: v.optional(sentence),
  trimmed: v.boolean(),
  generatedTokens: v.optional(count),
  tokensPerSecond: v.optional(measured),
});

const budget = v.object({
  available: count,
  parts: v.pipe(v.array(v.object({ label, tokens: count })), v.maxLength(MAX_BUDGET_PARTS)),
  trimmedMessages: count,
  cutMentions: v.pipe(v.array(label), v.maxLength(CHAT_LIMITS.mentions)),
  estimated: v.optional(v.boolean()),
});

const state = v.object({
  model: v.object({
    name: label,
    state: v.picklist(['off', 'starting', 'ready', 'restarting', 'failed', 'no-chat']),
    error: v.optional(sentence),
    limits: v.optional(sentence),
    where: v.picklist(['this machine', 'server']),
  }),
  conversations,
  current: v.object({ id: label, title: sentence, messages: v.pipe(v.array(chatMessage), v.maxLength(CHAT_LIMITS.messages)) }),
  streamingId: v.optional(label),
  budget,
});

const toView = v.variant('type', [
  v.object({ type: v.literal('state'), state }),
  v.object({ type: v.literal('append'), messageId: label, text }),
  v.object({ type: v.literal('budget'), budget }),
  v.object({ type: v.literal('mentions'), query, suggestions }),
  v.object({ type: v.literal('found'), query, conversations }),
  v.object({ type: v.literal('compose'), text, mentions }),
  v.object({ type: v.literal('notice'), text: sentence }),
]);

export function isChatToView(message: unknown): message is ChatToView {
  return v.is(toView, message);
}
