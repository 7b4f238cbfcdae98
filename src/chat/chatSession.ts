/**
 * The conversations as the user drives them: send, stop, write anew, edit, open, delete. Owns which one is open and the one answer that is being written.
 * It shows nothing and reads no files: what it needs comes in, what happens goes out as events.
 */
import { CHAT_LIMITS, type ChatState, type ConversationSummary, type Mention, type TokenBudget } from '../protocol/chat';
import { askModel } from './askModel';
import type { ChatBackend } from './chatBackend';
import { sentenceOf } from './chatError';
import type { ChatHistory } from './chatHistory';
import {
  before,
  closeCode,
  emptyConversation,
  question,
  shownConversation,
  waitingAnswer,
  withMessage,
  withMessages,
  type StoredConversation,
  type StoredMessage,
} from './conversation';
import { DraftBudget, NO_BUDGET } from './draftBudget';
import { QuestionContexts, type ContextReaders } from './questionContexts';
import { withStreamed, type RunningAnswer } from './runningAnswer';
import { SESSION_NOTICES, type ChatEvent } from './sessionEvent';
import { needsCode, parseQuestion } from './slashCommands';
import { untilAborted, type AnswerOutcome } from './writeAnswer';

export interface ChatSessionParts extends ContextReaders {
  readonly history: ChatHistory;
  /** What answers now; asked for every question. */
  readonly backend: () => ChatBackend;
  /** The selection of the editor, for commands that need code and were given none. */
  readonly selection: () => Mention | undefined;
  readonly endsInLoop: (text: string) => boolean;
  readonly newId: () => string;
  readonly newSeed: () => number;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

/** A crash of the editor loses at most so much of an answer. */
const KEEP_INTERVAL_MS = 2_000;

export class ChatSession {
  private current: StoredConversation;
  private running: RunningAnswer | undefined;
  private trimmedIds: ReadonlySet<string> = new Set();
  private budget: TokenBudget = NO_BUDGET;
  private draft: { readonly text: string; readonly mentions: readonly Mention[] } = { text: '', mentions: [] };
  private readonly contexts: QuestionContexts;
  private settling: Promise<void> = Promise.resolve();
  private readonly draftBudget: DraftBudget;
  private readonly listeners = new Set<(event: ChatEvent) => void>();

  constructor(private readonly parts: ChatSessionParts) {
    this.draftBudget = new DraftBudget(parts.readMention);
    this.contexts = new QuestionContexts(parts);
    this.current = parts.history.all[0] ?? emptyConversation(parts.newId(), parts.nowMs());
  }

  get state(): ChatState {
    const { running } = this;
    const streaming = running?.conversationId === this.current.id ? running : undefined;
    return {
      model: this.parts.backend().model,
      conversations: this.parts.history.summaries(),
      current: shownConversation(withStreamed(this.current, this.running), this.trimmedIds),
      ...(streaming && { streamingId: streaming.messageId }),
      budget: this.budget,
    };
  }

  get conversation(): StoredConversation {
    return withStreamed(this.current, this.running);
  }

  /** Returns a function that ends the subscription. */
  onEvent(listener: (event: ChatEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Resolves when the answer has ended, however it did. */
  async send(text: string, mentions: readonly Mention[]): Promise<void> {
    const { command, words } = parseQuestion(text);
    if (text.trim() === '') return;
    if (command === 'clear') return this.remove(this.current.id);
    if (command === 'new') {
      this.newConversation();
      if (words !== '' || mentions.length > 0) this.emit({ type: 'compose', text: words, mentions });
      return;
    }
    const selection = needsCode(command) && mentions.length === 0 ? this.parts.selection() : undefined;
    const brought = selection ? [selection] : mentions;
    const refusal = this.refusal() ?? (needsCode(command) && brought.length === 0 ? SESSION_NOTICES.needsCode : undefined);
    if (refusal !== undefined) {
      this.emit({ type: 'notice', text: refusal });
      this.emit({ type: 'compose', text, mentions });
      return;
    }
    const asked = question(this.parts.newId(), text.trim(), brought);
    this.draft = { text: '', mentions: [] };
    await this.ask(this.current, asked, [asked], false);
  }

  /** Writes the answer anew; what followed it is dropped. */
  async regenerate(messageId: string): Promise<void> {
    const kept = before(this.current, messageId);
    const asked = kept?.messages.at(-1);
    if (!kept || asked?.role !== 'user') return;
    if (this.running) {
      this.emit({ type: 'notice', text: SESSION_NOTICES.busy });
      return;
    }
    // A first answer that failed is tried again as it was; one that was given is to be another one.
    const old = this.current.messages[kept.messages.length];
    await this.ask(kept, asked, [], old?.state !== 'failed');
  }

  /** Replaces a question; what followed it is dropped. */
  async edit(messageId: string, text: string): Promise<void> {
    const old = this.current.messages.find((message) => message.id === messageId);
    const kept = before(this.current, messageId);
    if (!kept || old?.role !== 'user' || text.trim() === '') return;
    if (this.running) {
      this.emit({ type: 'notice', text: SESSION_NOTICES.busy });
      this.emit({ type: 'compose', text, mentions: old.mentions });
      return;
    }
    const asked = question(this.parts.newId(), text.trim(), old.mentions);
    this.contexts.carryOver(old, asked.id);
    await this.ask(kept, asked, [asked], false);
  }

  /** The text so far stays; nothing that comes later is shown. */
  stop(): void {
    this.running?.abort.abort();
  }

  newConversation(): void {
    if (this.current.messages.length > 0) this.show(emptyConversation(this.parts.newId(), this.parts.nowMs()));
  }

  open(conversationId: string): void {
    const found = this.parts.history.find(conversationId);
    if (found && found.id !== this.current.id) this.show(found);
  }

  async remove(conversationId: string): Promise<void> {
    if (this.running?.conversationId === conversationId) {
      this.stop();
      await this.settling;
    }
    if (this.current.id === conversationId) this.show(emptyConversation(this.parts.newId(), this.parts.nowMs()));
    await this.parts.history.remove(conversationId);
    this.emit({ type: 'notice', text: SESSION_NOTICES.deleted });
    this.emit({ type: 'changed' });
  }

  async removeAll(): Promise<void> {
    this.stop();
    await this.settling;
    this.show(emptyConversation(this.parts.newId(), this.parts.nowMs()));
    await this.parts.history.clear();
    this.emit({ type: 'changed' });
  }

  search(query: string): ConversationSummary[] {
    return this.parts.history.search(query);
  }

  /** What is being typed: its cost is told as an event. */
  async setDraft(text: string, mentions: readonly Mention[]): Promise<void> {
    this.draft = { text, mentions };
    await this.refreshBudget();
  }

  /** Ends the answer and writes everything. */
  async dispose(): Promise<void> {
    this.stop();
    await this.settling;
    this.listeners.clear();
    await this.parts.history.save();
  }

  private refusal(): string | undefined {
    if (this.running) return SESSION_NOTICES.busy;
    return this.current.messages.length + 2 > CHAT_LIMITS.messages ? SESSION_NOTICES.full : undefined;
  }

  private ask(kept: StoredConversation, asked: StoredMessage, added: readonly StoredMessage[], anew: boolean): Promise<void> {
    const { newId, nowMs, history } = this.parts;
    const answer = waitingAnswer(newId());
    const earlier = kept.messages.filter((message) => message.id !== asked.id);
    this.current = withMessages(kept, [...added, answer], nowMs());
    this.running = {
      conversationId: kept.id,
      messageId: answer.id,
      abort: new AbortController(),
      text: '',
      began: false,
      savedAtMs: nowMs(),
    };
    history.put(this.current);
    void history.save();
    this.emit({ type: 'changed' });
    this.settling = this.answer(this.running, earlier, asked, anew);
    return this.settling;
  }

  private async answer(running: RunningAnswer, earlier: readonly StoredMessage[], asked: StoredMessage, anew: boolean): Promise<void> {
    const backend = this.parts.backend();
    const { signal } = running.abort;
    const asking = askModel({
      ...{ backend, earlier, asked, anew, signal, contexts: this.contexts, countsOf: (opened) => this.draftBudget.countsOf(opened) },
      endsInLoop: this.parts.endsInLoop,
      seed: this.parts.newSeed(),
      onTrimmed: (messageIds) => {
        this.trimmedIds = new Set(messageIds);
        this.emit({ type: 'changed' });
      },
      onText: (added, whole) => this.streamed(running, added, whole),
      onRestart: () => this.restarted(running),
    });
    let outcome: AnswerOutcome;
    try {
      // A stop does not wait for the model to notice.
      outcome = (await untilAborted(asking, signal)) ?? { text: closeCode(running.text), state: 'stopped' };
    } catch (thrown) {
      outcome = { text: '', state: 'failed', error: sentenceOf(thrown) };
    }
    this.finish(running, outcome);
    await this.parts.history.save();
    await this.refreshBudget();
  }

  private streamed(running: RunningAnswer, added: string, whole: string): void {
    running.text = whole;
    if (!running.began) {
      running.began = true;
      this.emit({ type: 'changed' });
    } else if (running.conversationId === this.current.id) {
      this.emit({ type: 'append', messageId: running.messageId, text: added });
    }
    if (this.parts.nowMs() - running.savedAtMs < KEEP_INTERVAL_MS) return;
    running.savedAtMs = this.parts.nowMs();
    const conversation = this.conversationOf(running.conversationId);
    if (conversation) this.parts.history.put(withStreamed(conversation, running));
  }

  private restarted(running: RunningAnswer): void {
    running.text = '';
    running.began = false;
    this.emit({ type: 'notice', text: SESSION_NOTICES.restarted });
    this.emit({ type: 'changed' });
  }

  private finish(running: RunningAnswer, outcome: AnswerOutcome): void {
    const conversation = this.conversationOf(running.conversationId);
    this.running = undefined;
    const message = conversation?.messages.find(({ id }) => id === running.messageId);
    if (conversation && message) {
      const ended = { ...withMessage(conversation, { ...message, ...outcome }), updatedAtMs: this.parts.nowMs() };
      if (ended.id === this.current.id) this.current = ended;
      this.parts.history.put(ended);
    }
    this.emit({ type: 'changed' });
  }

  private conversationOf(id: string): StoredConversation | undefined {
    return id === this.current.id ? this.current : this.parts.history.find(id);
  }

  private show(conversation: StoredConversation): void {
    // Out of sight it could not be stopped and would hold up every question; its text stays.
    if (this.running?.conversationId !== conversation.id) this.stop();
    this.current = conversation;
    this.trimmedIds = new Set();
    this.emit({ type: 'changed' });
    void this.refreshBudget();
  }

  private async refreshBudget(): Promise<void> {
    const { messages: earlier } = this.current;
    const input = { ...this.draft, earlier, earlierContexts: this.contexts.remembered };
    const budget = await this.draftBudget.of(input, this.parts.backend()).catch(() => undefined);
    if (!budget) return;
    this.budget = budget;
    this.emit({ type: 'budget', budget });
  }

  private emit(event: ChatEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }
}
