/**
 * Conversations as files for people (Markdown) and programs (JSON).
 */
import type { StoredConversation, StoredMessage } from './conversation';

export function asMarkdown(conversations: readonly StoredConversation[]): string {
  return `${conversations.map(conversationMarkdown).join('\n\n')}\n`;
}

export function asJson(conversations: readonly StoredConversation[]): string {
  return `${JSON.stringify({ format: 'bamboo-chat', version: 1, conversations }, null, 2)}\n`;
}

function conversationMarkdown({ title, updatedAtMs, messages }: StoredConversation): string {
  const head = `# ${title}\n\n${new Date(updatedAtMs).toISOString()}`;
  return [head, ...messages.map(messageMarkdown)].join('\n\n');
}

function messageMarkdown({ role, text, mentions, state, error, notice }: StoredMessage): string {
  const lines = [`## ${role === 'user' ? 'Question' : 'Answer'}`];
  if (mentions.length > 0) lines.push(mentions.map((mention) => `\`#${mention.label}\``).join(' '));
  if (text !== '') lines.push(text);
  if (state === 'stopped') lines.push('*Stopped.*');
  if (notice !== undefined) lines.push(`*${notice}*`);
  if (error !== undefined) lines.push(`*Failed: ${error}*`);
  return lines.join('\n\n');
}
