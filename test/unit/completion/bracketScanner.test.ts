import { describe, expect, test } from 'vitest';
import { openQuoteOf, scanBrackets } from '../../../src/completion/bracketScanner';

function scanned(text: string, languageId = 'typescript'): string {
  const { openers, closers } = scanBrackets(text, languageId);
  return `${closers.map((closer) => closer.char).join('')}|${openers.map((opener) => opener.char).join('')}`;
}

describe('brackets left open and closed', () => {
  test.each([
    ['balanced', 'f([1], { a })', '|'],
    ['left open', 'f([1, {', '|([{'],
    ['closing what came before', '1]) }', '])}|'],
    ['both', ') => {', ')|{'],
    ['in double quotes', 'f("(", ")', '|('],
    ['in single quotes', "f('(')", '|'],
    ['an escaped quote', "f('\\'(')", '|'],
    ['in a template', 'f(`(`)', '|'],
    ['an apostrophe is no quote', "// it's (\nf(", '|('],
    ['a string ends with its line', 'const a = "(\n)', ')|'],
    ['in a comment', 'f( // )\n', '|('],
    ['a stray opener inside a closed block', '{ /[(]/ }', '|'],
  ])('%s', (_, text, expected) => {
    expect(scanned(text)).toBe(expected);
  });

  test('what starts a comment depends on the language', () => {
    expect(scanned('f( # )', 'python')).toBe('|(');
    expect(scanned('f( # )', 'typescript')).toBe('|');
    expect(scanned('f(a // b)', 'python')).toBe('|');
  });
});

describe('the quote that is open at the cursor', () => {
  test.each([
    ['none', 'print(name', ''],
    ['double', 'print("hello ', '"'],
    ['single', "print('hello ", "'"],
    ['closed', "print('hello', ", ''],
    ['one kind inside the other', `print("it's `, '"'],
    ['an apostrophe inside a word', "// don't", ''],
  ])('%s', (_, linePrefix, expected) => {
    expect(openQuoteOf(linePrefix, 'typescript')).toBe(expected);
  });
});
