/**
 * Types one session and lets the provider be asked as VS Code asks it: after every key, 50 ms later unless another key came first;
 * the next key cancels the call that still runs. A right suggestion is accepted once it has stood there for a moment.
 */
import type { SuggestionSource } from '../../completion/completionSession';
import type { Suggestion } from '../../completion/completeOnce';
import type { DocumentContext } from '../../completion/documentContext';
import type { SilenceReason } from '../../completion/silenceReason';
import { toEngineError, type EngineError } from '../../protocol/engineError';
import type { Timers } from '../../engine/timers';
import { takenOf, type AcceptPolicy } from './acceptance';
import { EDITOR_WAIT_MS, kindOfKey, NOTICE_MS, type KeyKind, type KeyPlace } from './keySchedule';
import type { CallsInside, ReplayTally } from './replayTally';
import { TypedDocument, type Insertion } from './typedDocument';
import type { TypingSession } from './typingSession';

export type Answer =
  | { readonly kind: 'item'; readonly suggestion: Suggestion; readonly source: SuggestionSource }
  | { readonly kind: 'silent'; readonly reason: SilenceReason; readonly ranModel: boolean };

/** What the provider does between its call and its item; an aborted signal makes the answer worthless. */
export type AskProvider = (context: DocumentContext, signal: AbortSignal) => Promise<Answer>;

export interface TypistParts {
  readonly ask: AskProvider;
  readonly timers: Timers;
  readonly tally: ReplayTally;
  readonly accept: AcceptPolicy;
  /** Before a key, at speed 1. */
  readonly pauseMs: (kind: KeyKind, place: KeyPlace) => number;
  /** Divides every pause and the editor's wait; the engine keeps its own pace. */
  readonly speed: number;
}

/** What stands on the screen right of the cursor. */
interface GhostText extends Insertion {
  readonly sinceMs: number;
  /** False after the editor closed a bracket behind the cursor, until the provider has fitted the text to that. */
  readonly visible: boolean;
}

/** From where a suggestion that can be accepted appeared to where it ends. */
interface AcceptableSpan extends CallsInside {
  end: number;
}

interface Call {
  readonly controller: AbortController;
  readonly startMs: number;
}

/** Resolves when the part is typed; rejects with what the engine rejects with. */
export async function typeSession(session: TypingSession, parts: TypistParts): Promise<void> {
  await new Typist(session, parts).run();
}

class Typist {
  private readonly document: TypedDocument;
  private ghost: GhostText | undefined;
  private span: AcceptableSpan | undefined;
  private callOffWait: (() => void) | undefined;
  private call: Call | undefined;
  private firstCallMs: number | undefined;
  private isWarm = false;
  private lastLineWithSuggestion = -1;
  private failure: EngineError | undefined;

  constructor(
    private readonly session: TypingSession,
    private readonly parts: TypistParts,
  ) {
    this.document = new TypedDocument(session);
  }

  async run(): Promise<void> {
    let kind: KeyKind = 'first';
    while (!this.document.isDone) {
      await this.pause(kind);
      this.supersede();
      if (this.failure) throw this.failure;
      kind = this.press();
    }
  }

  private pause(kind: KeyKind): Promise<void> {
    const { timers, pauseMs, speed } = this.parts;
    const place = { sessionId: this.session.id, offset: this.document.cursor };
    return new Promise((resolve) => timers.after(pauseMs(kind, place) / speed, resolve));
  }

  /** Returns what kind of key comes next. */
  private press(): KeyKind {
    const { document } = this;
    if (document.moveOverClosers()) {
      this.ghost = undefined;
      this.passSpan();
      return 'new-word';
    }
    const taken = this.noticed();
    if (taken) this.accept(taken);
    else this.typeKey();
    if (!document.isDone) this.askSoon();
    return taken ? 'after-accepting' : kindOfKey(document.written, document.rest);
  }

  private noticed(): Insertion | undefined {
    const { timers, accept, speed } = this.parts;
    const { ghost } = this;
    if (!ghost?.visible || timers.nowMs() - ghost.sinceMs < NOTICE_MS / speed) return undefined;
    return takenOf(ghost, this.document, accept);
  }

  private accept(taken: Insertion): void {
    const how = taken.text === this.ghost?.text ? 'whole' : 'partial';
    this.parts.tally.accepted(how, this.document.keysIn(taken.text.length), this.span);
    this.document.accept(taken);
    this.ghost = undefined;
    this.span = undefined;
  }

  private typeKey(): void {
    const { document, ghost } = this;
    const tail = document.tail;
    const key = document.type();
    this.parts.tally.keyTyped();
    const goesOn = ghost !== undefined && ghost.text.startsWith(key) && ghost.text !== key;
    this.ghost = goesOn ? { ...ghost, text: ghost.text.slice(key.length), visible: ghost.visible && document.tail === tail } : undefined;
    this.passSpan();
  }

  private passSpan(): void {
    if (this.span && this.document.cursor >= this.span.end) this.span = undefined;
  }

  private askSoon(): void {
    const { timers, speed } = this.parts;
    this.callOffWait = timers.after(EDITOR_WAIT_MS / speed, () => {
      this.callOffWait = undefined;
      void this.ask();
    });
  }

  private async ask(): Promise<void> {
    const { ask, timers, tally } = this.parts;
    const { span } = this;
    const call: Call = { controller: new AbortController(), startMs: timers.nowMs() };
    this.call = call;
    this.firstCallMs ??= call.startMs;
    tally.callMade();
    if (span) span.asked += 1;
    try {
      const answer = await ask(this.document.context(), call.controller.signal);
      if (this.call !== call) return;
      this.call = undefined;
      if (span && answer.kind === 'item' && answer.source !== 'model') span.served += 1;
      this.answered(answer, timers.nowMs() - call.startMs);
    } catch (error) {
      this.failure = toEngineError(error);
    }
  }

  private answered(answer: Answer, elapsedMs: number): void {
    const { tally, timers } = this.parts;
    if (answer.kind === 'item') {
      tally.itemReturned(answer.source, elapsedMs, !this.isWarm);
      this.show(answer.suggestion);
    } else {
      tally.silentAnswer(answer.reason, elapsedMs);
      this.ghost = undefined;
    }
    const ranModel = answer.kind === 'item' ? answer.source !== 'cache' : answer.ranModel;
    if (ranModel && !this.isWarm) {
      this.isWarm = true;
      tally.firstAnswerInFile(timers.nowMs() - (this.firstCallMs ?? 0));
    }
  }

  private show({ text, tailLength }: Insertion): void {
    const { document, ghost } = this;
    const { tally, timers, accept } = this.parts;
    const goesOn = ghost?.text === text;
    if (!goesOn) tally.suggestionShown(document.isRight({ text, tailLength }));
    this.ghost = { text, tailLength, sinceMs: goesOn ? ghost.sinceMs : timers.nowMs(), visible: true };
    if (document.line !== this.lastLineWithSuggestion) {
      this.lastLineWithSuggestion = document.line;
      tally.firstOnLine(document.endsLineRight({ text, tailLength }));
    }
    const takeable = takenOf({ text, tailLength }, document, accept);
    if (!takeable) return;
    const end = document.cursor + takeable.text.length;
    if (this.span) this.span.end = Math.max(this.span.end, end);
    else this.span = { end, asked: 0, served: 0 };
  }

  /** The editor does not wait for what no longer matters. */
  private supersede(): void {
    if (this.callOffWait) this.parts.tally.keyWithoutCall();
    this.callOffWait?.();
    this.callOffWait = undefined;
    if (!this.call) return;
    this.call.controller.abort();
    this.call = undefined;
    this.parts.tally.callSuperseded();
  }
}
