/**
 * A document while one part of it is typed: what stands before and after the cursor, and whether a suggestion is what will be typed.
 * It behaves as the editor does at its defaults: Enter brings the next line's indentation, brackets and quotes are closed, and closers are typed over.
 */
import type { Suggestion } from '../../completion/completeOnce';
import { documentContextFromText, type DocumentContext } from '../../completion/documentContext';
import { closerPairs, type CloserPair } from './autoClosers';
import type { TypingSession } from './typingSession';

export type Insertion = Pick<Suggestion, 'text' | 'tailLength'>;

export class TypedDocument {
  private readonly pairs: readonly CloserPair[];
  /** Openers that came with a suggestion: the editor closes only what is typed. */
  private readonly inserted = new Set<number>();
  private offset = 0;

  constructor(private readonly session: TypingSession) {
    this.pairs = closerPairs(session.typed);
  }

  get isDone(): boolean {
    return this.offset >= this.session.typed.length;
  }

  /** Characters of the typed part that stand before the cursor. */
  get cursor(): number {
    return this.offset;
  }

  get written(): string {
    return this.session.typed.slice(0, this.offset);
  }

  get rest(): string {
    return this.session.typed.slice(this.offset);
  }

  /** Of the typed part, counted from 0. */
  get line(): number {
    return this.written.split('\n').length - 1;
  }

  /** What the editor put right of the cursor, up to where the typed part ends. */
  get tail(): string {
    return this.tailAt(this.offset, this.inserted);
  }

  context(): DocumentContext {
    const { before, after, path, languageId, id } = this.session;
    const head = before + this.written;
    return { ...documentContextFromText(head + this.tail + after, head.length, path, languageId), documentKey: id };
  }

  /** Presses the next key; returns what it typed. */
  type(): string {
    const from = this.offset;
    this.offset = from + keyAt(this.session.typed, from).length;
    return this.session.typed.slice(from, this.offset);
  }

  /**
   * Moves behind the closers that wait on the next line, as the arrow keys do: nobody types them again.
   * Returns whether the cursor moved.
   */
  moveOverClosers(): boolean {
    const { typed } = this.session;
    const innermost = this.openPairs(this.offset, this.inserted)[0];
    if (innermost?.ownLine?.breakAt !== this.offset) return false;
    this.offset = innermost.close + 1;
    while (this.tail !== '' && this.tail.startsWith(typed.charAt(this.offset))) this.offset += 1;
    return true;
  }

  /** Whether accepting leaves nothing but what the typed part has at this place. */
  isRight({ text, tailLength }: Insertion): boolean {
    if (text === '' || !this.rest.startsWith(text)) return false;
    return this.tail.slice(tailLength) === this.tailAt(this.offset + text.length, this.insertedWith(text.length));
  }

  /** Whether the line of the cursor would be complete, and as it is typed, when the first line of the suggestion is accepted. */
  endsLineRight({ text, tailLength }: Insertion): boolean {
    const lineChars = firstLine(this.rest).length;
    const wanted = this.rest.slice(0, lineChars) + this.tailAt(this.offset + lineChars, this.insertedWith(lineChars));
    return firstLine(text + this.tail.slice(tailLength)).trimEnd() === firstLine(wanted).trimEnd();
  }

  accept({ text }: Insertion): void {
    for (const open of this.insertedWith(text.length)) this.inserted.add(open);
    this.offset += text.length;
  }

  /** Keys that a beginning of the rest takes: indentation comes with Enter. */
  keysIn(chars: number): number {
    let keys = 0;
    for (let at = this.offset; at < this.offset + chars; keys += 1) at += keyAt(this.session.typed, at).length;
    return keys;
  }

  private insertedWith(chars: number): ReadonlySet<number> {
    const end = this.offset + chars;
    const opened = this.pairs.filter(({ open }) => open >= this.offset && open < end).map(({ open }) => open);
    return new Set([...this.inserted, ...opened]);
  }

  private tailAt(offset: number, inserted: ReadonlySet<number>): string {
    return this.openPairs(offset, inserted)
      .map(({ open, close, ownLine }) => {
        const lineBreak = ownLine && offset > open + 1 ? `\n${ownLine.indent}` : '';
        return lineBreak + this.session.typed.charAt(close);
      })
      .join('');
  }

  /** Around the offset, innermost first. */
  private openPairs(offset: number, inserted: ReadonlySet<number>): CloserPair[] {
    return this.pairs.filter(({ open, close }) => open < offset && offset <= close && !inserted.has(open)).sort((a, b) => b.open - a.open);
  }
}

/** One character, or a line break with the indentation that follows it. */
function keyAt(text: string, offset: number): string {
  const key = /^(\n[ \t]*|[\uD800-\uDBFF][\uDC00-\uDFFF]|[^])/.exec(text.slice(offset));
  return key?.[0] ?? '';
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}
