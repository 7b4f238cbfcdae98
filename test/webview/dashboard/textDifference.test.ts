import { describe, expect, it } from 'vitest';
import { textDifference } from '../../../src/webview/dashboard/textDifference';

describe('the difference of two texts', () => {
  it('is the words between the common beginning and the common end', () => {
    expect(textDifference('items.filter((i) => i.enabled);', 'items.filter((i) => i.visible);')).toEqual({
      before: 'items.filter((i) => i.',
      first: 'enabled',
      second: 'visible',
      after: ');',
    });
  });

  it('marks a changed name whole', () => {
    expect(textDifference('return total1;', 'return total2;')).toMatchObject({ first: 'total1', second: 'total2' });
  });

  it('is empty for the same text, and everything for texts with nothing in common', () => {
    expect(textDifference('a b', 'a b')).toEqual({ before: 'a b', first: '', second: '', after: '' });
    expect(textDifference('', 'a b')).toEqual({ before: '', first: '', second: 'a b', after: '' });
  });

  it('does not count a word twice that both repeat', () => {
    const { before, first, second, after } = textDifference('a a', 'a a a');
    expect(before + first + after).toBe('a a');
    expect(before + second + after).toBe('a a a');
  });

  it('keeps every character of both, emoji and line ends too', () => {
    const [one, two] = ['const 🎋 = 1;\r\n', 'const 🎍 = 12;\n\n'] as const;
    const { before, first, second, after } = textDifference(one, two);
    expect([before + first + after, before + second + after]).toEqual([one, two]);
  });
});
