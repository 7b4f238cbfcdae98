/**
 * The conversations of a workspace, newest first: kept within limits, written to a storage that comes in, searched.
 * Which one is open, and what is being written, is the session's matter.
 */
import { CHAT_LIMITS, type ConversationSummary } from '../protocol/chat';
import { summaryOf, type StoredConversation } from './conversation';
import { readStored, toStored } from './storedConversations';

export interface ChatStorage {
  read(key: string): unknown;
  write(key: string, value: unknown): Promise<void>;
}

/** Runs a task once after a delay; the returned function cancels. */
export type Schedule = (delayMs: number, task: () => void) => () => void;

export interface ChatHistoryParts {
  readonly storage: ChatStorage;
  readonly schedule: Schedule;
  /** Never gets text of conversations. */
  readonly warn: (message: string) => void;
}

export const HISTORY_KEY = 'bamboo.chat.history';
/** Stored values that could not be read, as they were. */
export const SET_ASIDE_KEY = 'bamboo.chat.history.setAside';

const SAVE_INTERVAL_MS = 2_000;
const SET_ASIDE_ENTRIES = 20;
/** The editor keeps this state in memory and writes it as one value. */
const STORED_CHARS = 4_000_000;

export class ChatHistory {
  private conversations: StoredConversation[] = [];
  private cancelSave: (() => void) | undefined;
  private writing: Promise<void> = Promise.resolve();
  /** What is stored belongs to other windows too: what was removed here must not come back from there. */
  private readonly removedIds = new Set<string>();
  private readonly changedIds = new Set<string>();

  constructor(private readonly parts: ChatHistoryParts) {
    const { conversations, unreadable } = readStored(parts.storage.read(HISTORY_KEY));
    this.conversations = newestFirst(conversations);
    if (unreadable.length > 0) this.setAside(unreadable);
  }

  get all(): readonly StoredConversation[] {
    return this.conversations;
  }

  summaries(): ConversationSummary[] {
    return this.conversations.slice(0, CHAT_LIMITS.conversations).map(summaryOf);
  }

  find(id: string): StoredConversation | undefined {
    return this.conversations.find((conversation) => conversation.id === id);
  }

  /** Every word must be in the title or in the text of one of the messages. */
  search(query: string): ConversationSummary[] {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.conversations.filter(({ title, messages }) => {
      const texts = [title, ...messages.map((message) => message.text)].map((text) => text.toLowerCase());
      return words.every((word) => texts.some((text) => text.includes(word)));
    });
    return found.slice(0, CHAT_LIMITS.conversations).map(summaryOf);
  }

  /** Adds or replaces; written soon. An empty conversation is not kept. */
  put(conversation: StoredConversation): void {
    const others = this.conversations.filter((other) => other.id !== conversation.id);
    if (conversation.messages.length === 0) this.removedIds.add(conversation.id);
    else this.removedIds.delete(conversation.id);
    this.changedIds.add(conversation.id);
    const { kept, dropped } = withinLimits(newestFirst(conversation.messages.length === 0 ? others : [conversation, ...others]));
    this.conversations = kept;
    if (dropped > 0) this.parts.warn(`The chat history is full: the oldest ${dropped} conversations were dropped.`);
    this.cancelSave ??= this.parts.schedule(SAVE_INTERVAL_MS, () => void this.save());
  }

  async remove(id: string): Promise<void> {
    this.removedIds.add(id);
    this.conversations = this.conversations.filter((conversation) => conversation.id !== id);
    await this.save();
  }

  /** Those that another window stored go too; one that it changes later stays with it. */
  async clear(): Promise<void> {
    const stored = readStored(this.parts.storage.read(HISTORY_KEY)).conversations;
    for (const { id } of [...this.conversations, ...stored]) this.removedIds.add(id);
    this.conversations = [];
    await this.save();
  }

  /** Writes now, beside what other windows have stored. One write after the other, so that an older one never wins. */
  save(): Promise<void> {
    this.cancelSave?.();
    this.cancelSave = undefined;
    this.writing = this.writing.then(async () => {
      try {
        this.mergeStored();
        await this.parts.storage.write(HISTORY_KEY, toStored(this.conversations));
      } catch (thrown) {
        this.parts.warn(`The chat history could not be saved: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      }
    });
    return this.writing;
  }

  /** Windows without a folder share one stored list. Of a conversation in both, the newer is kept; an answer grows without becoming newer. */
  private mergeStored(): void {
    const merged = new Map(this.conversations.map((conversation) => [conversation.id, conversation]));
    for (const stored of readStored(this.parts.storage.read(HISTORY_KEY)).conversations) {
      const own = merged.get(stored.id);
      const ownAtMs = own?.updatedAtMs ?? -Infinity;
      const isNewer = stored.updatedAtMs > ownAtMs || (stored.updatedAtMs === ownAtMs && !this.changedIds.has(stored.id));
      if (isNewer && !this.removedIds.has(stored.id)) merged.set(stored.id, stored);
    }
    this.conversations = withinLimits(newestFirst([...merged.values()])).kept;
  }

  private setAside(unreadable: readonly unknown[]): void {
    const { storage, warn } = this.parts;
    const earlier = storage.read(SET_ASIDE_KEY);
    const kept = [...(Array.isArray(earlier) ? (earlier as unknown[]) : []), ...unreadable].slice(-SET_ASIDE_ENTRIES);
    warn(`${unreadable.length} stored chat conversations could not be read and were set aside under "${SET_ASIDE_KEY}".`);
    storage.write(SET_ASIDE_KEY, kept).then(
      () => this.save(),
      (thrown: unknown) => warn(`They could not be set aside: ${String(thrown)}`),
    );
  }
}

function newestFirst(conversations: readonly StoredConversation[]): StoredConversation[] {
  return conversations.toSorted((a, b) => b.updatedAtMs - a.updatedAtMs);
}

function withinLimits(conversations: StoredConversation[]): { kept: StoredConversation[]; dropped: number } {
  let chars = 0;
  const kept = conversations.slice(0, CHAT_LIMITS.conversations).filter((conversation, index) => {
    chars += conversation.messages.reduce((total, message) => total + message.text.length, 0);
    return index === 0 || chars <= STORED_CHARS;
  });
  return { kept, dropped: conversations.length - kept.length };
}
