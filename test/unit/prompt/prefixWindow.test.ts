import { describe, expect, test } from 'vitest';
import { prefixWindowStart } from '../../../src/prompt/prefixWindow';

const MAX_CHARS = 900;
const LINE = 'const value = compute(other);\n'; // 30 characters

/** Offset in the document at which the prompt's prefix begins, for a cursor at the end of `document`. */
function startOffset(document: string, windowChars = 8192): number {
  const prefix = document.slice(-windowChars);
  return document.length - prefix.length + prefixWindowStart(prefix, document.length, MAX_CHARS);
}

describe('where the prefix begins', () => {
  test('a short document is kept whole', () => {
    expect(startOffset('')).toBe(0);
    expect(startOffset(LINE.repeat(30))).toBe(0);
  });

  test('the window holds at most its limit and at least a third less, and begins at a line', () => {
    for (let lines = 31; lines < 400; lines += 7) {
      const document = LINE.repeat(lines);
      const start = startOffset(document);
      expect(document.length - start).toBeLessThanOrEqual(MAX_CHARS);
      expect(document.length - start).toBeGreaterThan(MAX_CHARS - MAX_CHARS / 3 - LINE.length);
      expect(start % LINE.length).toBe(0);
    }
  });

  test('typing moves the start only once every third of the window', () => {
    let document = LINE.repeat(100);
    const typed = LINE.repeat(60);
    const starts = new Set<number>();
    for (const char of typed) {
      document += char;
      starts.add(startOffset(document));
    }
    // 1800 characters typed, one step every 300, and the step that was under way at the beginning.
    expect(starts.size).toBeLessThanOrEqual(7);
    expect(starts.size).toBeGreaterThanOrEqual(6);
  });

  test('the start does not depend on how much text the editor handed over', () => {
    const document = LINE.repeat(500);
    expect(startOffset(document, 1000)).toBe(startOffset(document, 8192));
  });

  test('inside a very long line the window is cut in the line, never inside a character', () => {
    for (let extra = 0; extra < 4; extra += 1) {
      const document = 'x'.repeat(extra) + '😀'.repeat(3000);
      const start = startOffset(document);
      expect(document.length - start).toBeGreaterThan(MAX_CHARS / 2);
      expect(document.slice(start).startsWith('😀')).toBe(true);
    }
  });
});
