/**
 * A small byte-level BPE tokenizer with the bundled model's pre-tokenizer: special tokens, 256 bytes, and merges that reach
 * over white space and line breaks, so that a cut in the wrong place would change the tokens.
 */
import { LINE_BOUNDARY_PATTERN } from '../../../src/model/lineChunks';
import { byteAlphabet } from '../../integration/fakes/byteTokenizer';

export const SPECIAL_TOKENS = [
  '<|endoftext|>',
  '<|fim_prefix|>',
  '<|fim_suffix|>',
  '<|fim_middle|>',
  '<|file_sep|>',
  '<|user|>',
  '<|end|>',
] as const;

export function lineTokenizerJson(changePattern: (pattern: string) => string = (pattern) => pattern): string {
  const alphabet = byteAlphabet();
  const character = (text: string): string => [...Buffer.from(text)].map((byte) => alphabet[byte]).join('');
  const merges = [
    [' ', ' '],
    ['  ', '  '],
    ['\n', '\n'],
    ['\r', '\n'],
    [' ', '\n'],
    ['\n', ' '],
    [' \n', '\n'],
    ['\n\n', '\n'],
    ['\t', '\t'],
    ['\t', '\n'],
    ['\r\n', '\r\n'],
    [';', '\n'],
    [')', ';'],
    [');', '\n'],
    ['r', 'e'],
    ['re', 't'],
    [' ', 'ret'],
    ['u', 'r'],
    ['ur', 'n'],
    ['ret', 'urn'],
    ['<', '|'],
    ['|', '>'],
    ['f', 'i'],
    ['fi', 'm'],
  ].map((pair) => pair.map(character));
  const pieces = [...SPECIAL_TOKENS, ...alphabet, ...merges.map((pair) => pair.join(''))];
  return JSON.stringify({
    version: '1.0',
    added_tokens: SPECIAL_TOKENS.map((content, id) => ({ id, content, special: true })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: changePattern(LINE_BOUNDARY_PATTERN) }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])), merges },
  });
}
