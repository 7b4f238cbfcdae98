/**
 * Finds an answer that goes round in circles by lines: a small model's commonest failure when it writes code.
 * Loops of words and letters within a line are the completions' matter and come in from there.
 */

/** Of the end of the text: enough for eight long lines, three times. */
const WINDOW_CHARS = 4_000;
const LONGEST_PERIOD_LINES = 8;

/** Times that one line, and that several lines, must stand in a row. */
const TIMES = { oneLine: 4, severalLines: 3 } as const;

/**
 * How many characters at the end are repetitions of what stands before them; 0 when the text does not loop.
 * `looseNumbers`: lines that differ only in their numbers count as the same ("if (n === 1) …", "if (n === 2) …").
 */
export function loopingChars(text: string, looseNumbers: boolean): number {
  const lines = text
    .slice(-WINDOW_CHARS)
    .split('\n')
    // The last line is still being written.
    .slice(0, -1)
    .map((line) => ({ raw: line, key: looseNumbers ? line.trim().replace(/\d+/g, '#') : line.trim() }));
  for (let period = 1; period <= LONGEST_PERIOD_LINES; period += 1) {
    const unit = lines.slice(-period);
    if (!isTelling(unit.map((line) => line.key))) continue;
    const repeats = repeatsAtEnd(
      lines.map((line) => line.key),
      period,
    );
    if (repeats >= (period === 1 ? TIMES.oneLine : TIMES.severalLines)) {
      const looping = lines.slice(lines.length - period * (repeats - 1));
      return looping.reduce((chars, line) => chars + line.raw.length + 1, 0) + lastLine(text).length;
    }
  }
  return 0;
}

/** Closing brackets, rulers and blank lines repeat in good code too. */
function isTelling(keys: readonly string[]): boolean {
  return keys.join('').replace(/[^\p{L}]/gu, '').length >= 4;
}

function repeatsAtEnd(keys: readonly string[], period: number): number {
  let index = keys.length - 1 - period;
  while (index >= 0 && keys[index] === keys[index + period]) index -= 1;
  return Math.floor((keys.length - 1 - index) / period);
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1);
}
