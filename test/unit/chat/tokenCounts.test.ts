import { expect, test } from 'vitest';
import { estimateTokens, TokenCounts } from '../../../src/chat/tokenCounts';
import { LIMITS } from '../../../src/protocol/engineProtocol';

function recorded(): { readonly counts: TokenCounts; readonly batches: (readonly string[])[] } {
  const batches: (readonly string[])[] = [];
  const counts = new TokenCounts((texts) => {
    batches.push(texts);
    return Promise.resolve(texts.map(() => 7));
  });
  return { counts, batches };
}

test('no request has more texts or bytes than the worker takes', async () => {
  const { counts, batches } = recorded();
  const large = ['ä', 'ö', 'ü'].map((letter) => letter.repeat(LIMITS.promptBytes / 4));
  const small = Array.from({ length: LIMITS.countedTexts + 1 }, (_, index) => `text ${index}`);
  const tokens = await counts.of([...large, ...small]);
  expect(new Set(tokens)).toEqual(new Set([7]));
  expect(batches.map((batch) => batch.length)).toEqual([2, LIMITS.countedTexts, 2]);
  for (const batch of batches) expect(Buffer.byteLength(batch.join(''))).toBeLessThanOrEqual(LIMITS.promptBytes);
});

test('a text larger than a request is estimated; the others are counted', async () => {
  const { counts, batches } = recorded();
  const huge = 'x'.repeat(LIMITS.promptBytes + 1);
  expect(await counts.of(['a', huge, 'b'])).toEqual([7, estimateTokens(huge), 7]);
  expect(batches).toEqual([['a', 'b']]);
});
