import { describe, expect, test } from 'vitest';
import { barelyDiffers, FrozenSuffixes } from '../../../src/prompt/frozenSuffix';

const BELOW = `\n${Array.from({ length: 30 }, (_, index) => `  step${index}(value);`).join('\n')}\n`;

describe('the frozen suffix', () => {
  test('a small change below the cursor keeps the old suffix', () => {
    const suffixes = new FrozenSuffixes();
    suffixes.choose('a', BELOW);
    const changed = BELOW.replace('step3(value)', 'step3(other)');
    expect(suffixes.choose('a', changed)).toBe(BELOW);
  });

  test('a change far below keeps the old suffix', () => {
    const suffixes = new FrozenSuffixes();
    suffixes.choose('a', BELOW);
    expect(suffixes.choose('a', `${BELOW}// the end\n`)).toBe(BELOW);
  });

  test('many small changes add up: the comparison is with what the prompt holds, not with the last text', () => {
    const suffixes = new FrozenSuffixes();
    let current = BELOW;
    suffixes.choose('a', current);
    const chosen: string[] = [];
    for (let step = 0; step < 8; step += 1) {
      current = current.replace(`step${step + 1}(value)`, `other${step}(thing)`);
      chosen.push(suffixes.choose('a', current));
    }
    expect(chosen[0]).toBe(BELOW);
    expect(chosen.at(-1)).not.toBe(BELOW);
  });

  test('each document has its own', () => {
    const suffixes = new FrozenSuffixes();
    suffixes.choose('a', BELOW);
    const changed = BELOW.replace('step3(value)', 'step3(other)');
    expect(suffixes.choose('b', changed)).toBe(changed);
  });

  test('documents that were not used lately are forgotten', () => {
    const suffixes = new FrozenSuffixes(2);
    suffixes.choose('a', BELOW);
    suffixes.choose('b', BELOW);
    suffixes.choose('c', BELOW);
    const changed = BELOW.replace('step3(value)', 'step3(other)');
    expect(suffixes.choose('a', changed)).toBe(changed);
  });

  test.each([
    ['another rest of the cursor line', ')\nfoo();', '\nfoo();'],
    ['another first word', '\nfoo(a, b, c, d, e, f, g);', '\nbar(a, b, c, d, e, f, g);'],
    ['a line less, as when the cursor moves down', BELOW, BELOW.slice(BELOW.indexOf('\n', 1))],
    ['from empty to something', '', '\nfoo();'],
    ['only blanks against something', '\n\n', '\nfoo();'],
  ])('%s is a difference', (_, before, after) => {
    expect(barelyDiffers(before, after)).toBe(false);
  });
});
