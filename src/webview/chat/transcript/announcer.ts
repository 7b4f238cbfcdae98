/**
 * Reads an answer out in whole sentences, at most every ANNOUNCE_INTERVAL_MS, while it streams; says how it ended.
 * Decides what is said and when; the live region that says it belongs to the view.
 */
import type { ChatMessage, ChatState } from '../../../protocol/chat';
import { WORDS } from '../words';
import { spokenText } from './spokenText';

export const ANNOUNCE_INTERVAL_MS = 1500;

/** Of one announcement; what does not fit follows in the next one. */
const ANNOUNCEMENT_CHARS = 1000;

export interface Timers {
  start(callback: () => void, delayMs: number): number;
  stop(timer: number): void;
}

export class Announcer {
  private message: ChatMessage | undefined;
  private saidChars = 0;
  private timer: number | undefined;

  constructor(
    private readonly announce: (text: string) => void,
    private readonly timers: Timers,
  ) {}

  /** To be called with every new state of the chat. */
  follow(chat: ChatState): void {
    const streaming = chat.current.messages.find((message) => message.id === chat.streamingId);
    const before = this.message;
    if (before !== undefined && before.id !== streaming?.id) {
      this.finish(chat.current.messages.find((message) => message.id === before.id));
    }
    if (streaming === undefined) return;
    // What was there before the view looked is not read again.
    if (this.message === undefined) this.saidChars = spokenText(streaming.text).length;
    this.message = streaming;
    this.timer ??= this.timers.start(() => this.sayNext(), ANNOUNCE_INTERVAL_MS);
  }

  private sayNext(): void {
    this.timer = undefined;
    if (this.message === undefined) return;
    const rest = spokenText(this.message.text).slice(this.saidChars, this.saidChars + ANNOUNCEMENT_CHARS);
    const ready = rest.length === ANNOUNCEMENT_CHARS ? rest : rest.slice(0, endOfSentences(rest));
    this.saidChars += ready.length;
    if (ready.trim() !== '') this.announce(ready.trim());
  }

  private finish(message: ChatMessage | undefined): void {
    if (this.timer !== undefined) this.timers.stop(this.timer);
    this.timer = undefined;
    this.message = undefined;
    // The conversation was left: there is nothing to end.
    if (message === undefined) return;
    const rest = spokenText(message.text).slice(this.saidChars).trim();
    this.announce(`${rest.slice(0, ANNOUNCEMENT_CHARS)} ${endingOf(message)}`.trim());
  }
}

function endOfSentences(text: string): number {
  const ends = [...text.matchAll(/[.!?:](?=\s)|\n/g)];
  const last = ends.at(-1);
  return last === undefined ? 0 : last.index + 1;
}

function endingOf(message: ChatMessage): string {
  if (message.state === 'failed') return message.error ?? WORDS.failedWithoutReason;
  return message.state === 'stopped' ? WORDS.answerStopped : WORDS.answerFinished;
}
