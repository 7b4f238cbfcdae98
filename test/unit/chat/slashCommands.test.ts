import { describe, expect, test } from 'vitest';
import { loopingChars } from '../../../src/chat/answerLoop';
import { closeCode } from '../../../src/chat/conversation';
import { indented } from '../../../src/chat/indentCode';
import { mentionBlock } from '../../../src/chat/mentionText';
import { guideFor, LARGE_GUIDE } from '../../../src/chat/modelGuide';
import { asDocComment, instructionFor, parseQuestion } from '../../../src/chat/slashCommands';

const NANO = guideFor({ name: 'bamboo-nano', parameterCount: 105e6, promptForm: 'infilling' });

describe('slash commands', () => {
  test.each([
    ['/explain', { command: 'explain', words: '' }],
    ['  /fix the loop\nplease', { command: 'fix', words: 'the loop\nplease' }],
    ['/usr/bin is a path', { command: undefined, words: '/usr/bin is a path' }],
    ['/nonsense', { command: undefined, words: '/nonsense' }],
    ['what does /explain do?', { command: undefined, words: 'what does /explain do?' }],
  ])('%j', (text, parsed) => {
    expect(parseQuestion(text)).toEqual(parsed);
  });

  test('the bundled model is asked in the wordings of its training', () => {
    expect(instructionFor(parseQuestion('/explain in detail'), NANO, [])).toBe('Explain this code:');
    expect(instructionFor(parseQuestion('/document'), NANO, [])).toBe('Write a doc comment for:');
    expect(instructionFor(parseQuestion('Reverse a string'), NANO, [])).toBe('Reverse a string');
  });

  test.each(['fix', 'tests', 'commit'])('the bundled model is not asked to /%s: it says that it cannot and names larger ones', (name) => {
    expect(() => instructionFor(parseQuestion(`/${name}`), NANO, [])).toThrow(new RegExp(`cannot answer /${name}.*Bamboo-DPO-7B`));
    expect(instructionFor(parseQuestion(`/${name}`), LARGE_GUIDE, [])).not.toBe('');
  });

  test.each([
    ['typescript', '```typescript\n/** Adds * / two. */\n```'],
    ['python', '```python\n"""Adds */ two."""\n```'],
    ['go', '```go\n// Adds */ two.\n```'],
    ['rust', '```rust\n/// Adds */ two.\n```'],
    ['ruby', '```ruby\n# Adds */ two.\n```'],
  ])('a description becomes a comment of %s', (language, comment) => {
    expect(asDocComment('Adds */ two.', language)).toBe(comment);
  });
});

describe('an answer that loops by lines', () => {
  const guard = '  if (n < 0) throw new RangeError();\n  check(n);\n';

  test('is found, and the repetitions are told', () => {
    const text = `function f(n) {\n${guard.repeat(3)}`;
    expect(text.slice(0, text.length - loopingChars(text, false))).toBe(`function f(n) {\n${guard}`);
  });

  test('may differ in numbers for small models only', () => {
    const text = [1, 2, 3, 4].map((n) => `  if (n === ${n}) return ${n};\n`).join('');
    expect(loopingChars(text, true)).toBeGreaterThan(0);
    expect(loopingChars(text, false)).toBe(0);
  });

  test.each([
    ['closing brackets', '    }\n'.repeat(8)],
    ['rulers', '--------\n'.repeat(8)],
    ['two of a kind', guard.repeat(2)],
    ['blank lines', '\n'.repeat(50)],
  ])('%s are none', (_name, text) => {
    expect(loopingChars(text, true)).toBe(0);
  });
});

describe('code in texts', () => {
  test('an open block is closed, a closed one is not', () => {
    expect(closeCode('a\n```ts\nx')).toBe('a\n```ts\nx\n```');
    expect(closeCode('````md\n```ts\n```\nx')).toBe('````md\n```ts\n```\nx\n````');
    expect(closeCode('```ts\nx\n```')).toBe('```ts\nx\n```');
  });

  test('a mention cannot end its own block', () => {
    const block = mentionBlock({ label: 'file:a.md', path: 'a.md', languageId: 'markdown', text: 'x\n````\ny', cut: false }, false);
    expect(block).toBe('a.md:\n`````markdown\nx\n````\ny\n`````');
  });

  test('is indented for its place', () => {
    expect(indented('    if (a) {\n      b();\n\n    }\n', '\t')).toBe('if (a) {\n\t  b();\n\n\t}');
    expect(indented('a\r\nb', '  ')).toBe('a\n  b');
    expect(indented('', '  ')).toBe('');
  });
});
