/**
 * Splitting an answer into blocks, at once and as it streams.
 */
import { describe, expect, it } from 'vitest';
import { splitBlocks, type SplitText } from '../../../src/webview/chat/markdown/markdownBlocks';

const ANSWER = [
  'A paragraph\nof two lines.',
  '- one\n\n- two\n  - three',
  '```py\nprint(1)\n\n\nprint(2)\n```',
  '> quoted\nand lazily continued',
  '| a | b |\n|---|---|\n| 1 | 2 |',
  'A heading\n=========',
  '    indented code',
  'The end.',
].join('\n\n');

describe('splitBlocks', () => {
  it('loses no character', () => {
    expect(
      splitBlocks(ANSWER)
        .blocks.map(({ source }) => source)
        .join(''),
    ).toBe(ANSWER);
  });

  it('makes one block of each paragraph, list, code block, quote, table and heading', () => {
    expect(splitBlocks(ANSWER).blocks.map(({ source }) => source.trim().split('\n')[0])).toEqual([
      'A paragraph',
      '- one',
      '```py',
      '> quoted',
      '| a | b |',
      'A heading',
      'indented code',
      'The end.',
    ]);
  });

  it.each([1, 2, 7, 30])('gives the same blocks when the text comes %i characters at a time', (step) => {
    let split: SplitText | undefined;
    for (let end = step; end < ANSWER.length + step; end += step) split = splitBlocks(ANSWER.slice(0, end), split);
    expect(split?.blocks).toEqual(splitBlocks(ANSWER).blocks);
  });

  it('keeps the finished blocks themselves when text is added', () => {
    const before = splitBlocks('one\n\ntwo\n\nthr');
    const after = splitBlocks('one\n\ntwo\n\nthree\n\nfour', before);
    expect(after.blocks[0]).toBe(before.blocks[0]);
    expect(after.blocks[1]).toBe(before.blocks[1]);
    expect(after.blocks.length).toBe(4);
  });

  it('begins anew when the text is another one', () => {
    expect(splitBlocks('other', splitBlocks('one\n\ntwo')).blocks).toEqual([{ start: 0, source: 'other' }]);
  });

  it('counts the lines of every kind of line break', () => {
    expect(splitBlocks('one\r\n\r\ntwo\r\rthree').blocks.map(({ source }) => source.trim())).toEqual(['one', 'two', 'three']);
  });
});
