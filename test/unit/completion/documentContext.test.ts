import { describe, expect, test } from 'vitest';
import {
  documentContextFromText,
  lineTail,
  linePrefix,
  prefixIsComplete,
  toDocumentEol,
  WINDOW,
} from '../../../src/completion/documentContext';

function contextAt(marked: string): ReturnType<typeof documentContextFromText> {
  const offset = marked.indexOf('¦');
  return documentContextFromText(marked.replace('¦', ''), offset, 'src\\deep\\a.ts', 'typescript');
}

describe('the context of a text', () => {
  test('splits at the cursor and writes the path with forward slashes', () => {
    expect(contextAt('one\ntwo¦ three\nfour')).toMatchObject({
      path: 'src/deep/a.ts',
      prefix: 'one\ntwo',
      suffix: ' three\nfour',
      cursorOffset: 7,
      eol: '\n',
    });
  });

  test('the two halves of the cursor line', () => {
    const context = contextAt('one\ntwo¦ three\nfour');
    expect(linePrefix(context)).toBe('two');
    expect(lineTail(context)).toBe(' three');
  });

  test('CRLF counts as one character and is remembered', () => {
    const context = contextAt('one\r\ntwo¦\r\nthree');
    expect(context).toMatchObject({ prefix: 'one\ntwo', suffix: '\nthree', cursorOffset: 7, eol: '\r\n' });
    expect(toDocumentEol('a\nb', context.eol)).toBe('a\r\nb');
  });

  test('a cursor between CR and LF stands before both', () => {
    expect(documentContextFromText('a\r\nb', 2, 'a', 'x')).toMatchObject({ prefix: 'a', suffix: '\nb' });
  });

  test.each([
    ['before the start', -5, '', 'abc'],
    ['after the end', 99, 'abc', ''],
  ])('an offset %s is clamped', (_, offset, prefix, suffix) => {
    expect(documentContextFromText('abc', offset, 'a', 'x')).toMatchObject({ prefix, suffix });
  });

  test('windows end at characters, never inside one', () => {
    for (let extra = 0; extra < 2; extra += 1) {
      const text = 'x'.repeat(extra) + '😀'.repeat(20_000) + 'x'.repeat(extra);
      const context = documentContextFromText(text, extra + 20_000, 'a', 'x');
      expect(context.prefix.length).toBeLessThanOrEqual(WINDOW.prefixChars);
      expect(context.suffix.length).toBeLessThanOrEqual(WINDOW.suffixChars);
      expect(context.prefix.startsWith('😀')).toBe(true);
      expect(context.suffix.endsWith('😀')).toBe(true);
    }
  });

  test('knows whether the window reaches the start of the document', () => {
    expect(prefixIsComplete(documentContextFromText('a'.repeat(100), 100, 'a', 'x'))).toBe(true);
    expect(prefixIsComplete(documentContextFromText('a'.repeat(10_000), 10_000, 'a', 'x'))).toBe(false);
  });

  test('an empty text', () => {
    expect(documentContextFromText('', 0, 'a', 'x')).toMatchObject({ prefix: '', suffix: '', cursorOffset: 0 });
  });
});
