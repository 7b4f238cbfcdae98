/**
 * Where the text of a chat template is cut.
 */
import { describe, expect, it } from 'vitest';
import { SpecialTokenSplitter } from '../../../src/model/specialTokenSplitter';

const splitter = new SpecialTokenSplitter(
  new Map([
    ['<|end|>', 1],
    ['<|end|>\n', 2],
    ['<|user|>', 3],
    ['[INST]', 4],
    ['', 5],
  ]),
);

describe('the splitter of a template', () => {
  it('finds tokens at the ends, beside each other and between text', () => {
    expect(splitter.split('<|user|>hi<|end|>[INST] a')).toEqual([{ id: 3 }, { text: 'hi' }, { id: 1 }, { id: 4 }, { text: ' a' }]);
  });

  it('prefers the longest of the tokens that begin at one place', () => {
    expect(splitter.split('a<|end|>\nb')).toEqual([{ text: 'a' }, { id: 2 }, { text: 'b' }]);
  });

  it('leaves what only looks like a token as text', () => {
    expect(splitter.split('<|en <|END|> <|user|')).toEqual([{ text: '<|en <|END|> <|user|' }]);
  });

  it('makes nothing of nothing', () => {
    expect(splitter.split('')).toEqual([]);
    expect(new SpecialTokenSplitter(new Map()).split('a')).toEqual([{ text: 'a' }]);
  });
});
