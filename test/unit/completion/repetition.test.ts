import { describe, expect, test } from 'vitest';
import { endsInLoop } from '../../../src/completion/postProcess/repetition';

describe('text that goes round in circles', () => {
  test.each([
    ['one word', 'a a a a a a a a'],
    ['two words', 'x, x, x, x, x, '],
    ['a phrase', 'issue.max.toString() issue.max.toString() issue.max.toString()'],
    ['letters', "name = 'lalalalalalalalala'"],
    ['letters of another script', 'រវវវវវវវវវវវ'],
  ])('%s', (_, text) => {
    expect(endsInLoop(text)).toBe(true);
  });

  test.each([
    ['ordinary code', 'for (let i = 0; i < items.length; i += 1) total += items[i].price;'],
    ['a short list', 'const row = [0, 0, 0];'],
    ['a hexadecimal constant', '0x0000000000000000'],
    ['a ruler', '# ----------------------------------------'],
    ['chained calls', 'z.string().min(1).optional().nullable()'],
    ['nothing', ''],
  ])('%s is none', (_, text) => {
    expect(endsInLoop(text)).toBe(false);
  });
});
