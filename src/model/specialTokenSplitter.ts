/**
 * Cuts the text of a chat template at the names of special tokens, the longest first where several begin at one place.
 * Only for text that a template wrote: a document is never cut like this.
 */

/** A special token, or text between two of them; never empty text. */
export type TemplatePiece = { readonly id: number } | { readonly text: string };

export class SpecialTokenSplitter {
  /** First code unit of names -> the lengths that such names have, in falling order. */
  private readonly lengths = new Map<number, number[]>();

  constructor(private readonly specialTokens: ReadonlyMap<string, number>) {
    const names = [...specialTokens.keys()].filter((name) => name !== '').sort((a, b) => b.length - a.length);
    for (const name of names) {
      const unit = name.charCodeAt(0);
      const known = this.lengths.get(unit) ?? [];
      if (known.at(-1) !== name.length) known.push(name.length);
      this.lengths.set(unit, known);
    }
  }

  split(text: string): TemplatePiece[] {
    const pieces: TemplatePiece[] = [];
    let textStart = 0;
    for (let at = 0; at < text.length;) {
      const name = this.nameAt(text, at);
      const id = name === undefined ? undefined : this.specialTokens.get(name);
      if (name === undefined || id === undefined) {
        at += 1;
        continue;
      }
      if (at > textStart) pieces.push({ text: text.slice(textStart, at) });
      pieces.push({ id });
      at += name.length;
      textStart = at;
    }
    if (textStart < text.length) pieces.push({ text: text.slice(textStart) });
    return pieces;
  }

  private nameAt(text: string, at: number): string | undefined {
    for (const length of this.lengths.get(text.charCodeAt(at)) ?? []) {
      const candidate = text.slice(at, at + length);
      if (this.specialTokens.has(candidate)) return candidate;
    }
    return undefined;
  }
}
