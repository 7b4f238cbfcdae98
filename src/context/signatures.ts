/**
 * What a file offers to others, in its own words: the declarations without the bodies of functions.
 * Found by looking at lines, not by parsing: a declaration that is laid out unusually is missed or cut short, nothing worse.
 */
import { maskLines } from './codeMask';
import { extensionOf } from './fileRef';
import { pythonSignatures } from './pythonSignatures';
import { SIGNATURE_LIMITS, type Signature } from './signature';
import { braceLanguageOf, type BraceLanguage } from './signatureRules';

/** The patterns look at no more of a line than this: a longer one was not written by hand. */
const MAX_LINE_CHARS = 500;

export function signaturesOf(lines: readonly string[], path: string): Signature[] {
  const extension = extensionOf(path);
  if (extension === 'py' || extension === 'pyi') return pythonSignatures(lines);
  const language = braceLanguageOf(path);
  return language ? new BraceReader(lines, language).read() : [];
}

/** What stands at the end of a line that goes on in the next one. */
const CONTINUES: ReadonlySet<string> = new Set([',', '=', '|', '&', '<']);

class BraceReader {
  private readonly masked: readonly string[];

  constructor(
    private readonly lines: readonly string[],
    private readonly language: BraceLanguage,
  ) {
    this.masked = maskLines(lines, language.mask);
  }

  read(): Signature[] {
    const found: Signature[] = [];
    let depth = 0;
    for (let index = 0; index < this.lines.length && found.length < SIGNATURE_LIMITS.perFile; index += 1) {
      const code = this.masked[index] ?? '';
      if (depth === 0) {
        const opensOnly =
          this.language.transparent?.test((this.lines[index] ?? '').slice(0, MAX_LINE_CHARS)) === true && code.includes('{');
        if (opensOnly) continue;
        const name = this.language.declaration.exec(this.shape(index))?.groups?.name;
        if (name !== undefined) {
          found.push({ name, text: this.declaration(index) });
          index = this.endOfDeclaration(index);
          continue;
        }
      }
      // The end of a transparent block closes nothing that was counted.
      depth = Math.max(0, depth + braceBalance(code));
    }
    return found;
  }

  /** What the patterns look at: a line of bounded length without runs of blanks, so that no pattern can take long. */
  private shape(index: number): string {
    return (this.masked[index] ?? '').slice(0, MAX_LINE_CHARS).replace(/\s+/g, ' ');
  }

  private declaration(start: number): string {
    const code = this.shape(start);
    const { keepBody, hasMembers } = this.language;
    if (keepBody.test(code)) return this.whole(start);
    if (hasMembers.test(code)) return this.withMembers(start);
    return this.header(start);
  }

  /** The declaration with its body, cut after some lines. */
  private whole(start: number): string {
    const end = this.endOfDeclaration(start);
    const shown = Math.min(end, start + SIGNATURE_LIMITS.bodyLines - 1);
    return this.lines
      .slice(start, shown + 1)
      .map(cutLine)
      .join('\n');
  }

  private withMembers(start: number): string {
    const end = this.endOfDeclaration(start);
    const { end: headerEnd } = this.headerEnd(start);
    const shown = this.lines.slice(start, headerEnd + 1).map(cutLine);
    let depth = 0;
    let members = 0;
    for (let index = start; index <= end && members < SIGNATURE_LIMITS.members; index += 1) {
      const code = this.masked[index] ?? '';
      if (index > headerEnd && depth === 1 && this.language.member.test(this.shape(index))) {
        shown.push(this.header(index));
        members += 1;
      }
      depth += braceBalance(code);
    }
    return [...shown, '}'].join('\n');
  }

  /** The declaration up to its body. */
  private header(start: number): string {
    const { end, column } = this.headerEnd(start);
    const kept = this.lines.slice(start, end + 1);
    if (column === undefined) return kept.map(cutLine).join('\n');
    kept[kept.length - 1] = (kept.at(-1) ?? '').slice(0, column).trimEnd();
    const text = kept.map(cutLine).join('\n');
    return text.endsWith('=>') || text.endsWith('=') ? `${text} {};` : `${text};`;
  }

  /** The line where the header ends, and the column of the brace that opens the body, if there is one. */
  private headerEnd(start: number): { end: number; column: number | undefined } {
    let parens = 0;
    const last = Math.min(start + SIGNATURE_LIMITS.headerLines, this.masked.length) - 1;
    for (let index = start; index <= last; index += 1) {
      const code = this.masked[index] ?? '';
      for (let column = 0; column < code.length; column += 1) {
        const char = code[column];
        if (char === '(' || char === '[') parens += 1;
        else if (char === ')' || char === ']') parens -= 1;
        else if (char === '{' && parens === 0) return { end: index, column };
        else if (char === ';' && parens === 0) return { end: index, column: undefined };
      }
      const goesOn = parens > 0 || CONTINUES.has(code.trimEnd().at(-1) ?? '') || /^\s*[{|&]/.test(this.masked[index + 1] ?? '');
      if (!goesOn) return { end: index, column: undefined };
    }
    return { end: last, column: undefined };
  }

  /** The last line of a declaration that begins at `start`: where every bracket is closed again. */
  private endOfDeclaration(start: number): number {
    const header = this.headerEnd(start);
    if (header.column === undefined) return header.end;
    let depth = 0;
    for (let index = start; index < this.masked.length; index += 1) {
      depth += braceBalance(this.masked[index] ?? '');
      if (depth <= 0 && index >= header.end) return index;
    }
    return this.masked.length - 1;
  }
}

function braceBalance(code: string): number {
  let balance = 0;
  for (const char of code) {
    if (char === '{') balance += 1;
    else if (char === '}') balance -= 1;
  }
  return balance;
}

function cutLine(line: string): string {
  return line.slice(0, SIGNATURE_LIMITS.lineChars).trimEnd();
}
