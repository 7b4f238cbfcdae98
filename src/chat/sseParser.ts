/**
 * Server-sent events as far as chat servers use them: the data of each event, out of text that arrives in any pieces.
 * Lines are bounded; what the data means is the caller's matter.
 */
const LINE_CHARS = 1_000_000;

export class SseParser {
  private rest = '';
  private data: string[] = [];
  private dataChars = 0;

  /** The data of the events that this piece ended. Throws RangeError for a line or an event that is too long. */
  push(piece: string): string[] {
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    if (this.rest.length > LINE_CHARS) throw new RangeError('a line is too long');
    return lines.flatMap((line) => this.line(line));
  }

  /** The data of an event that the end of the text cut short of its blank line. */
  end(): string[] {
    const last = this.rest === '' ? [] : this.line(this.rest.replace(/\r$/, ''));
    this.rest = '';
    return [...last, ...this.line('')];
  }

  private line(line: string): string[] {
    if (line === '') {
      const event = this.data;
      this.data = [];
      this.dataChars = 0;
      return event.length === 0 ? [] : [event.join('\n')];
    }
    // Comments, event names and ids say nothing here.
    const field = /^data(?:: ?|$)/.exec(line);
    if (!field) return [];
    const data = line.slice(field[0].length);
    this.dataChars += data.length;
    if (this.dataChars > LINE_CHARS) throw new RangeError('an event is too long');
    this.data.push(data);
    return [];
  }
}
