/**
 * Checks what the chat view sends: the one place where its messages become typed.
 */
import * as v from 'valibot';
import { CHAT_ACTIONS, CHAT_LIMITS, CODE_ACTIONS, type ChatToHost } from '../../protocol/chat';

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
const questionText = v.pipe(v.string(), v.maxLength(CHAT_LIMITS.questionChars));
const query = v.pipe(v.string(), v.maxLength(CHAT_LIMITS.queryChars));
const mention = v.object({
  kind: v.picklist(['selection', 'file', 'symbol', 'problem']),
  label: v.pipe(v.string(), v.maxLength(1_000)),
  id: v.pipe(v.string(), v.maxLength(4_000)),
});
const mentions = v.pipe(v.array(mention), v.maxLength(CHAT_LIMITS.mentions));

const message = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('action'), action: v.picklist(CHAT_ACTIONS) }),
  v.object({ type: v.literal('send'), text: questionText, mentions }),
  v.object({ type: v.literal('regenerate'), messageId: id }),
  v.object({ type: v.literal('edit'), messageId: id, text: questionText }),
  v.object({
    type: v.literal('code'),
    action: v.picklist(CODE_ACTIONS),
    code: v.pipe(v.string(), v.maxLength(CHAT_LIMITS.codeChars)),
    language: v.pipe(v.string(), v.maxLength(100)),
  }),
  v.object({ type: v.literal('copyMessage'), messageId: id }),
  v.object({ type: v.picklist(['open', 'delete', 'export']), conversationId: id }),
  v.object({ type: v.literal('search'), query }),
  v.object({ type: v.literal('mentionQuery'), query }),
  v.object({ type: v.literal('draft'), text: questionText, mentions }),
]);

/** The message, or what is wrong with it in words that hold none of its text. */
export function parseChatMessage(raw: unknown): { readonly message: ChatToHost } | { readonly problem: string } {
  const parsed = v.safeParse(message, raw);
  if (parsed.success) return { message: parsed.output };
  const paths = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'message'} (${issue.type})`);
  return { problem: paths.slice(0, 4).join(', ') };
}
