/**
 * One answer from the first token to its end: streamed, bounded, stopped when it loops, kept when it fails.
 * Which message it belongs to is the session's matter.
 */
import { CHAT_LIMITS, type MessageState } from '../protocol/chat';
import { loopingChars } from './answerLoop';
import type { AnswerEnd, AnswerOptions, ChatBackend, PromptMessage } from './chatBackend';
import { sentenceOf } from './chatError';
import { closeCode } from './conversation';

export interface AnswerInput {
  readonly backend: Pick<ChatBackend, 'answer'>;
  readonly messages: readonly PromptMessage[];
  readonly options: AnswerOptions;
  /** Small models write loops whose lines differ in their numbers only. */
  readonly small: boolean;
  /** Whether a text ends in a loop of words or letters. */
  readonly endsInLoop: (text: string) => boolean;
  readonly signal: AbortSignal;
  /** Text was added; `whole` is all of it. */
  readonly onText: (added: string, whole: string) => void;
  /** The text begins anew, because the worker was started afresh. */
  readonly onRestart: () => void;
}

export interface AnswerOutcome {
  readonly text: string;
  readonly state: MessageState;
  readonly error?: string;
  readonly notice?: string;
  readonly generatedTokens?: number;
  readonly tokensPerSecond?: number;
}

export const ANSWER_NOTICES = {
  loop: 'Stopped: the model was repeating itself.',
  tooLong: `Stopped: an answer has at most ${CHAT_LIMITS.answerChars} characters.`,
  tokens: (maxTokens: number) => `Stopped at the limit of ${maxTokens} tokens.`,
} as const;

export const EMPTY_ANSWER = 'The model gave no answer. Ask in other words, or choose another model.';

/** Loops are looked for whenever so much text was added. */
const LOOP_CHECK_CHARS = 48;
const LOOP_WINDOW_CHARS = 2_000;

/** Resolves as soon as the signal aborts; what the model still sends is then ignored. Never rejects. */
export function writeAnswer(input: AnswerInput): Promise<AnswerOutcome> {
  return new AnswerWriter(input).write();
}

class AnswerWriter {
  private text = '';
  /** From before a crash; shown when the second try gives less. */
  private lostText = '';
  private checkedChars = 0;
  private cutShort: string | undefined;
  private readonly own = new AbortController();

  constructor(private readonly input: AnswerInput) {}

  async write(): Promise<AnswerOutcome> {
    const { backend, messages, options, signal } = this.input;
    const ended = AbortSignal.any([signal, this.own.signal]);
    const events = {
      onText: (text: string) => {
        if (!ended.aborted) this.append(text);
      },
      onRestart: () => {
        if (!ended.aborted) this.restart();
      },
    };
    try {
      const end = await untilAborted(backend.answer(messages, options, ended, events), ended);
      return this.outcome(end);
    } catch (thrown) {
      const text = this.text.length >= this.lostText.length ? this.text : this.lostText;
      return { text: closeCode(text), state: 'failed', error: sentenceOf(thrown) };
    }
  }

  private append(added: string): void {
    if (added === '') return;
    const room = CHAT_LIMITS.answerChars - this.text.length;
    const fitting = added.slice(0, room);
    this.text += fitting;
    this.input.onText(fitting, this.text);
    if (fitting.length < added.length) this.endEarly(ANSWER_NOTICES.tooLong);
    else if (this.text.length - this.checkedChars >= LOOP_CHECK_CHARS) this.checkLoop();
  }

  private checkLoop(): void {
    this.checkedChars = this.text.length;
    const looping = loopingChars(this.text, this.input.small);
    if (looping > 0) {
      this.text = this.text.slice(0, this.text.length - looping).trimEnd();
      this.endEarly(ANSWER_NOTICES.loop);
    } else if (this.input.endsInLoop(this.text.slice(-LOOP_WINDOW_CHARS))) {
      this.endEarly(ANSWER_NOTICES.loop);
    }
  }

  private endEarly(notice: string): void {
    this.cutShort = notice;
    this.own.abort();
  }

  private restart(): void {
    if (this.text.length > this.lostText.length) this.lostText = this.text;
    this.text = '';
    this.checkedChars = 0;
    this.input.onRestart();
  }

  private outcome(end: AnswerEnd | undefined): AnswerOutcome {
    const numbers = {
      ...(end?.generatedTokens !== undefined && { generatedTokens: end.generatedTokens }),
      ...(end?.tokensPerSecond !== undefined && { tokensPerSecond: end.tokensPerSecond }),
    };
    if (this.cutShort !== undefined) return { text: closeCode(this.text), state: 'complete', notice: this.cutShort, ...numbers };
    if (this.input.signal.aborted || end === undefined || end.reason === 'cancelled') {
      return { text: closeCode(this.text), state: 'stopped', ...numbers };
    }
    if (this.text.trim() === '') return { text: '', state: 'failed', error: EMPTY_ANSWER, ...numbers };
    if (end.reason === 'length') {
      return { text: closeCode(this.text), state: 'complete', notice: ANSWER_NOTICES.tokens(this.input.options.maxTokens), ...numbers };
    }
    return { text: this.text.trimEnd(), state: 'complete', ...numbers };
  }
}

/** Undefined when the signal aborted first; a later rejection of `work` is then nobody's matter. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  // When the signal wins, nobody waits for the work any more.
  work.catch(() => undefined);
  let stopListening = (): void => undefined;
  const aborted = new Promise<undefined>((resolve) => {
    const listener = (): void => resolve(undefined);
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', listener, { once: true });
    stopListening = () => signal.removeEventListener('abort', listener);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stopListening();
  }
}
