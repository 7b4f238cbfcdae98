/**
 * The memo of encoded lines: what it saves, and that it stays small.
 */
import { describe, expect, it } from 'vitest';
import { ChunkMemo } from '../../../src/model/chunkMemo';

function countingMemo(maxEntries: number, maxChunkChars = 100): { memo: ChunkMemo; encoded: string[] } {
  const encoded: string[] = [];
  const memo = new ChunkMemo(maxEntries, maxChunkChars, (chunk) => {
    encoded.push(chunk);
    return Array.from(chunk, (character) => character.codePointAt(0) ?? 0);
  });
  return { memo, encoded };
}

describe('ChunkMemo', () => {
  it('encodes only the chunk that changed', () => {
    const { memo, encoded } = countingMemo(10);
    memo.encodeAll(['one\n', 'two\n', 'thr']);
    expect(memo.encodeAll(['one\n', 'two\n', 'three'])).toEqual(Array.from('one\ntwo\nthree', (character) => character.charCodeAt(0)));
    expect(encoded).toEqual(['one\n', 'two\n', 'thr', 'three']);
  });

  it('forgets the chunk that was not used for the longest time', () => {
    const { memo, encoded } = countingMemo(2);
    memo.encodeAll(['a', 'b', 'a', 'c', 'a', 'b']);
    expect(encoded).toEqual(['a', 'b', 'c', 'b']);
    expect(memo.size).toBe(2);
  });

  it('does not keep chunks that are too long to come back', () => {
    const { memo, encoded } = countingMemo(10, 3);
    memo.encodeAll(['long', 'long']);
    expect(encoded).toEqual(['long', 'long']);
    expect(memo.size).toBe(0);
  });

  it('tells lone surrogates apart', () => {
    const { memo, encoded } = countingMemo(10);
    memo.encodeAll(['\ud83d', '\udc3c', '\ud83d']);
    expect(encoded).toEqual(['\ud83d', '\udc3c']);
  });
});
