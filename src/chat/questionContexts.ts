/**
 * What questions bring along: read when they are sent, remembered for the questions that follow, in memory only.
 */
import type { Mention } from '../protocol/chat';
import { ChatError } from './chatError';
import type { StoredMessage } from './conversation';
import type { MentionText, ReadMention } from './mentionText';
import { parseQuestion } from './slashCommands';

export interface ContextReaders {
  readonly readMention: ReadMention;
  /** Rejects with a sentence where there is nothing to commit. */
  readonly readStagedChanges: (signal: AbortSignal) => Promise<MentionText>;
}

const REMEMBERED_QUESTIONS = 64;

export class QuestionContexts {
  private readonly byMessage = new Map<string, readonly MentionText[]>();

  constructor(private readonly readers: ContextReaders) {}

  get remembered(): ReadonlyMap<string, readonly MentionText[]> {
    return this.byMessage;
  }

  /** As the workspace is now. Throws ChatError 'mention-unreadable'. */
  async read(asked: StoredMessage, signal: AbortSignal): Promise<readonly MentionText[]> {
    const contexts: MentionText[] = [];
    const known = this.byMessage.get(asked.id);
    for (const [index, mention] of asked.mentions.entries()) {
      // By its place: two selections have the same label.
      const earlier = known?.[index];
      // A selection is what was selected when the question was first sent.
      const now = mention.kind === 'selection' && earlier ? earlier : await this.readers.readMention(mention, signal);
      const context = now ?? earlier;
      if (!context) throw unreadable(mention);
      contexts.push(context);
    }
    if (parseQuestion(asked.text).command === 'commit') contexts.push(await this.readers.readStagedChanges(signal));
    this.remember(asked.id, contexts);
    return contexts;
  }

  /** For a question that was edited: it has the same mentions. What came beside them, such as staged changes, is read anew. */
  carryOver(from: StoredMessage, toId: string): void {
    this.remember(toId, (this.byMessage.get(from.id) ?? []).slice(0, from.mentions.length));
  }

  private remember(messageId: string, contexts: readonly MentionText[]): void {
    if (contexts.length === 0) return;
    this.byMessage.delete(messageId);
    this.byMessage.set(messageId, contexts);
    const oldest = this.byMessage.keys().next();
    if (this.byMessage.size > REMEMBERED_QUESTIONS && oldest.done !== true) this.byMessage.delete(oldest.value);
  }
}

function unreadable(mention: Mention): ChatError {
  return new ChatError(
    'mention-unreadable',
    `#${mention.label} cannot be read: it is gone, or Bamboo does not read such files. Ask again without it.`,
  );
}
