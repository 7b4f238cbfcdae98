/**
 * Bytes to text on the way out: whole characters only, and the pieces add up to the result.
 */
import { describe, expect, it } from 'vitest';
import type { TokensNotification } from '../../../src/protocol/engineProtocol';
import { TokenStream } from '../../../src/worker/backends/tokenStream';

function streamOf(...chunks: (readonly number[])[]): { sent: TokensNotification[]; stream: TokenStream } {
  const sent: TokensNotification[] = [];
  const stream = new TokenStream('r', (tokens) => sent.push(tokens));
  chunks.forEach((bytes, index) => {
    stream.append({ ids: Int32Array.of(index), logProbs: Float32Array.of(-0.25), bytes: Uint8Array.from(bytes) });
  });
  return { sent, stream };
}

describe('TokenStream', () => {
  it('holds back the bytes of a character until it is whole', () => {
    const panda = [...Buffer.from('🐼')];
    const { sent, stream } = streamOf([0x61, ...panda.slice(0, 2)], panda.slice(2, 3), [...panda.slice(3), 0x62]);
    expect(sent.map((tokens) => tokens.text)).toEqual(['a', '', '🐼b']);
    expect(stream.collected().text).toBe('a🐼b');
  });

  it('reports tokens whose text is held back, with their probability', () => {
    const { sent } = streamOf([0xf0]);
    expect(sent).toEqual([{ requestId: 'r', text: '', tokens: [{ id: 0, logProb: -0.25 }] }]);
  });

  it('drops a character that never became whole', () => {
    expect(streamOf([0x61], [0xe7, 0xab]).stream.collected().text).toBe('a');
  });

  it('replaces bytes that no character has', () => {
    expect(streamOf([0x61, 0xff, 0x62]).stream.collected().text).toBe('a\ufffdb');
  });

  it('keeps a byte order mark, which is text here', () => {
    expect(streamOf([0xef, 0xbb, 0xbf, 0x61]).stream.collected().text).toBe('\ufeffa');
  });

  it('sends nothing for an empty batch', () => {
    const { sent, stream } = streamOf();
    stream.append({ ids: new Int32Array(), logProbs: new Float32Array(), bytes: new Uint8Array() });
    expect(sent).toEqual([]);
  });

  it('never sends a probability that JSON cannot carry', () => {
    const { sent, stream } = streamOf();
    stream.append({ ids: Int32Array.of(1), logProbs: Float32Array.of(-Infinity), bytes: Uint8Array.of(0x61) });
    expect(Number.isFinite(sent[0]?.tokens[0]?.logProb)).toBe(true);
  });
});
