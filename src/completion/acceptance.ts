/**
 * Recognises accepted suggestions and counts what they saved; knows only the suggestion shown last and changes of text, no editor.
 *
 * The editor runs the command of an item when the whole of it is accepted. Partial accepts (a word, a line) run nothing: they are
 * recognised by the change they make. A change is a partial accept when it
 * - inserts at the cursor, replaces nothing, and is neither undo nor redo,
 * - inserts what the suggestion says comes next, but not all that is left of it (that would be the command's),
 * - inserts more than one character: a single one may as well have been typed,
 * - is not what the editor itself inserts for one key: white space only (Enter with indentation, Tab) or a pair of brackets or quotes.
 * So a word of one character is missed, and pasting exactly what the suggestion says counts: both are rare.
 */
import type { MetricsStore } from '../metrics/metricsStore';
import { normalizeNewlines } from './documentContext';

export const ACCEPTED_COMMAND = 'bamboo.internal.accepted';

/** A suggestion as the document would hold it; line breaks as in the document, offsets in UTF-16 units of the document. */
export interface ShownSuggestion {
  readonly documentKey: string;
  readonly startOffset: number;
  /** What stands between startOffset and the cursor. */
  readonly present: string;
  /** What stands there once the whole is accepted; begins with `present`, or the suggestion is not followed. */
  readonly text: string;
  /** Index in `text` where the model's own text begins: what precedes was there, or is an entry of the suggest widget. */
  readonly suggestedFrom: number;
}

export interface TextChange {
  readonly documentKey: string;
  readonly offset: number;
  readonly removedLength: number;
  readonly insertedText: string;
  readonly isUndoOrRedo: boolean;
}

interface Followed extends Omit<ShownSuggestion, 'present'> {
  /** The beginning of `text` that the document holds by now. */
  readonly current: string;
  /** A part of it was accepted. */
  readonly inParts: boolean;
}

/** What the editor inserts for one key: a character, or what it adds by itself. */
const ONE_KEY = /^(.|\s*|\(\)|\[\]|\{\}|<>|""|''|``)$/su;

export class AcceptanceTracker {
  private followed: Followed | undefined;
  /** The change that completed a suggestion, until its command tells that it was accepted. */
  private completed: { readonly characters: number; readonly inParts: boolean } | undefined;

  constructor(private readonly metrics: Pick<MetricsStore, 'recordAccepted' | 'recordPartlyAccepted'>) {}

  /** Whether it is another suggestion than the one shown before, not the rest of that. */
  readonly shown = ({ present, ...shown }: ShownSuggestion): boolean => {
    const before = this.followed;
    this.completed = undefined;
    this.followed = undefined;
    if (!shown.text.startsWith(present)) return true;
    const next = { ...shown, current: present, inParts: false };
    const goesOn = before !== undefined && isRestOf(next, before);
    this.followed = { ...next, inParts: goesOn && before.inParts };
    return !goesOn;
  };

  readonly changed = (change: TextChange): void => {
    const { followed } = this;
    if (followed?.documentKey !== change.documentKey) return;
    this.completed = undefined;
    const after = applied(change, followed);
    this.followed = after;
    if (after === undefined) return;
    const characters = charactersBetween(followed, after.current.length);
    if (after.current === after.text) {
      this.followed = undefined;
      if (!change.isUndoOrRedo) this.completed = { characters, inParts: followed.inParts };
    } else if (characters > 1 && isPartialAccept(change, followed)) {
      this.metrics.recordPartlyAccepted(characters, !followed.inParts);
      this.followed = { ...after, inParts: true };
    }
  };

  /**
   * The command of an item ran. `suggestedCharacters`: of the item when it was made, which counts only for an item that was not followed:
   * else what was typed or accepted in parts meanwhile would count again. Returns the characters saved.
   */
  accepted(suggestedCharacters: number): number {
    const { completed, followed } = this;
    this.completed = undefined;
    this.followed = undefined;
    // The change is told before the command; where it is not, what is left of the suggestion is what was accepted.
    const left = followed && { characters: charactersBetween(followed, followed.text.length), inParts: followed.inParts };
    const { characters, inParts } = completed ?? left ?? { characters: suggestedCharacters, inParts: false };
    this.metrics.recordAccepted(characters, inParts);
    return characters;
  }
}

/** The handler of the items' command. */
export function acceptanceHandler(tracker: AcceptanceTracker, log: (message: string) => void): (characters: unknown) => void {
  return (characters) => {
    const suggested = typeof characters === 'number' && characters >= 0 ? characters : 0;
    log(`Accepted a suggestion; it saved ${tracker.accepted(suggested)} characters.`);
  };
}

/** The same suggestion after the change; undefined when the document no longer agrees with it. */
function applied(change: TextChange, followed: Followed): Followed | undefined {
  const { startOffset, current, text } = followed;
  const from = change.offset - startOffset;
  const to = from + change.removedLength;
  if (from > current.length) return followed;
  if (from < 0) return to > 0 ? undefined : { ...followed, startOffset: startOffset + change.insertedText.length - change.removedLength };
  // What is replaced behind the cursor are closers that the suggestion brings itself.
  const next = current.slice(0, from) + change.insertedText + current.slice(to);
  return text.startsWith(next) ? { ...followed, current: next } : undefined;
}

function isPartialAccept(change: TextChange, { startOffset, current }: Followed): boolean {
  const { insertedText, removedLength, offset, isUndoOrRedo } = change;
  if (isUndoOrRedo || removedLength > 0 || offset !== startOffset + current.length) return false;
  return !ONE_KEY.test(insertedText);
}

/** Of the model's own text, from what the document holds to `end`; a line break is one character. */
function charactersBetween({ text, current, suggestedFrom }: Followed, end: number): number {
  return normalizeNewlines(text.slice(Math.max(current.length, suggestedFrom), end)).length;
}

function isRestOf(next: Followed, before: Followed): boolean {
  const cursorOf = ({ startOffset, current }: Followed): number => startOffset + current.length;
  const restOf = ({ text, current }: Followed): string => text.slice(current.length);
  return next.documentKey === before.documentKey && cursorOf(next) === cursorOf(before) && restOf(next) === restOf(before);
}
