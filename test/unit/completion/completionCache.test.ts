import { describe, expect, test } from 'vitest';
import { CompletionCache } from '../../../src/completion/completionCache';
import { documentContextFromText, type DocumentContext } from '../../../src/completion/documentContext';

function contextAt(marked: string, path = 'a.ts'): DocumentContext {
  return documentContextFromText(marked.replace('¦', ''), marked.indexOf('¦'), path, 'typescript');
}

function cacheWith(marked: string, unfittedText: string): CompletionCache {
  const cache = new CompletionCache();
  cache.store(contextAt(marked), { unfittedText, meanLogProb: -0.2 });
  return cache;
}

describe('reuse of a suggestion', () => {
  const cache = cacheWith('const total = ¦\nnext();\n', 'price * count;');

  test.each([
    ['the same place', 'const total = ¦\nnext();\n', 'price * count;'],
    ['its beginning typed', 'const total = pri¦\nnext();\n', 'ce * count;'],
    ['all but the last character typed', 'const total = price * count¦\nnext();\n', ';'],
  ])('%s: the rest is served', (_, marked, rest) => {
    expect(cache.lookup(contextAt(marked))).toEqual({ unfittedText: rest, meanLogProb: -0.2 });
  });

  test.each([
    ['something else typed', 'const total = pro¦\nnext();\n'],
    ['the whole of it typed', 'const total = price * count;¦\nnext();\n'],
    ['text removed', 'const total =¦\nnext();\n'],
    ['another suffix', 'const total = pri¦\nother();\n'],
    ['another line above', 'const sum = pri¦\nnext();\n'],
    ['code right of the cursor', 'const total = pri¦ + 1\nnext();\n'],
  ])('%s: nothing is served', (_, marked) => {
    expect(cache.lookup(contextAt(marked))).toBeUndefined();
  });

  test('another document is another matter', () => {
    expect(cache.lookup(contextAt('const total = ¦\nnext();\n', 'b.ts'))).toBeUndefined();
  });

  test('a bracket that the editor closed while the suggestion was typed does not end the reuse', () => {
    const calls = cacheWith('¦\nnext();\n', 'print(price);');
    expect(calls.lookup(contextAt('print(¦)\nnext();\n'))?.unfittedText).toBe('price);');
  });

  test('going back serves the longer rest again', () => {
    cache.lookup(contextAt('const total = pric¦\nnext();\n'));
    expect(cache.lookup(contextAt('const total = p¦\nnext();\n'))?.unfittedText).toBe('rice * count;');
  });

  test('Enter typed into a suggestion of several lines', () => {
    const block = cacheWith('if (ready) ¦\nnext();\n', '{\n  go();\n}');
    expect(block.lookup(contextAt('if (ready) {\n  ¦\nnext();\n'))?.unfittedText).toBe('go();\n}');
  });

  test('in a document longer than the window', () => {
    const above = 'import { thing } from "./thing";\n'.repeat(1000);
    const long = cacheWith(`${above}const total = ¦\n`, 'price;');
    expect(long.lookup(contextAt(`${above}const total = pr¦\n`))?.unfittedText).toBe('ice;');
  });

  test('is bounded: the suggestion used longest ago goes first', () => {
    const small = new CompletionCache(2);
    for (const name of ['a', 'b', 'c']) small.store(contextAt(`${name} = ¦`), { unfittedText: `${name}1`, meanLogProb: 0 });
    expect(small.lookup(contextAt('a = ¦'))).toBeUndefined();
    expect(small.lookup(contextAt('b = ¦'))?.unfittedText).toBe('b1');
    small.store(contextAt('d = ¦'), { unfittedText: 'd1', meanLogProb: 0 });
    expect(small.lookup(contextAt('c = ¦'))).toBeUndefined();
    expect(small.lookup(contextAt('b = ¦'))?.unfittedText).toBe('b1');
  });

  test('forgets everything on request', () => {
    const cleared = cacheWith('a = ¦', 'b');
    cleared.clear();
    expect(cleared.lookup(contextAt('a = ¦'))).toBeUndefined();
  });
});
