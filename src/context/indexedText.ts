/**
 * A file's text with what the collectors need of it, each computed once and only when asked for: lines, identifiers by line, signatures.
 */
import type { FileRef } from './fileRef';
import { identifiersOf } from './identifiers';
import type { Signature } from './signature';
import { signaturesOf } from './signatures';

/** Longer files cost more time than they are worth: their text is cut. */
export const MAX_INDEXED_CHARS = 120_000;

export class IndexedText {
  readonly lines: readonly string[];
  readonly chars: number;
  private identifiers: readonly ReadonlySet<string>[] | undefined;
  private signatureList: readonly Signature[] | undefined;

  constructor(
    readonly ref: FileRef,
    text: string,
  ) {
    const bounded = text.slice(0, MAX_INDEXED_CHARS);
    this.chars = bounded.length;
    this.lines = bounded.split(/\r\n|\r|\n/);
  }

  get lineIdentifiers(): readonly ReadonlySet<string>[] {
    this.identifiers ??= this.lines.map(identifiersOf);
    return this.identifiers;
  }

  get signatures(): readonly Signature[] {
    this.signatureList ??= signaturesOf(this.lines, this.ref.path);
    return this.signatureList;
  }

  /** Lines `start` up to but without `end`, without blank ones at either end. */
  slice(start: number, end: number): string {
    let first = Math.max(0, start);
    let last = Math.min(end, this.lines.length);
    while (first < last && this.lines[first]?.trim() === '') first += 1;
    while (last > first && this.lines[last - 1]?.trim() === '') last -= 1;
    return this.lines.slice(first, last).join('\n');
  }
}
