/**
 * Whether what stands before the caret asks for suggestions: "#" and a name for something of the workspace, "/" and a name at the very
 * beginning for a command. Pure.
 */
import { CHAT_LIMITS, SLASH_COMMANDS, type SlashCommand } from '../../../protocol/chat';

export interface Trigger {
  readonly kind: 'mention' | 'command';
  /** Where its sign stands. */
  readonly start: number;
  readonly query: string;
}

export function triggerAt(text: string, caret: number): Trigger | undefined {
  const before = text.slice(Math.max(0, caret - CHAT_LIMITS.queryChars), caret);
  const command = caret === before.length ? /^\/(\w*)$/.exec(before) : null;
  if (command !== null) return { kind: 'command', start: 0, query: command[1] ?? '' };
  const mention = /(?:^|[\s(])#([^\s#]*)$/.exec(before);
  const query = mention?.[1];
  return query === undefined ? undefined : { kind: 'mention', start: caret - query.length - 1, query };
}

export function commandsMatching(query: string): readonly SlashCommand[] {
  return SLASH_COMMANDS.filter(({ name }) => name.startsWith(query.toLowerCase()));
}
