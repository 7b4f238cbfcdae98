/**
 * Prompts for models without infilling tokens: the path as a comment, the prefix, and stops where the suffix begins.
 */
import { describe, expect, test } from 'vitest';
import { lineStop } from '../../../src/completion/stopCriteria';
import { continuationPrompt, suffixStops } from '../../../src/prompt/continuationTemplate';
import { promptTemplate } from '../../../src/prompt/promptTemplate';
import { LIMITS } from '../../../src/protocol/engineProtocol';
import { promptText } from '../completion/scriptedEngine';

describe('the prompt', () => {
  test.each([
    ['src/a.ts', '// src/a.ts\n'],
    ['tools/run.PY', '# tools/run.PY\n'],
    ['Makefile', '# Makefile\n'],
    ['C:\\work\\query.sql', '-- C:\\work\\query.sql\n'],
    ['site/index.html', '<!-- site/index.html -->\n'],
    ['style.css', '/* style.css */\n'],
    ['no.extension/known', '// no.extension/known\n'],
  ])('begins with the path %s as a comment of its language', (path, comment) => {
    expect(promptText(continuationPrompt({ path, prefix: 'x' }))).toBe(`${comment}x`);
  });

  test('has no special tokens, and only the oldest text may be cut', () => {
    expect(promptTemplate('continuation').middle({ path: 'a.ts', prefix: 'const a = ', suffix: ';\n' })).toEqual([
      { kind: 'text', text: '// a.ts\n' },
      { kind: 'text', text: 'const a = ', trim: 'start' },
    ]);
  });
});

describe('generation stops', () => {
  test('at the rest of the line up to its end, and at the next line that is not blank', () => {
    expect(suffixStops(' + tax);\n\n  \n  return total;\n}\n')).toEqual([' + tax);\n', '\n  return total;']);
  });

  test('at the next line only, when nothing is left of the cursor’s line', () => {
    expect(suffixStops('\n}\n')).toEqual(['\n}']);
    expect(suffixStops('  \n}\n')).toEqual(['\n}']);
  });

  test('at the rest of the line itself, when the file ends there', () => {
    expect(suffixStops(');')).toEqual([');']);
  });

  test('nowhere in particular, when nothing follows', () => {
    expect(suffixStops('')).toEqual([]);
    expect(suffixStops('\n \n')).toEqual([]);
  });

  test('at the beginning of a long line, cut between characters', () => {
    const [stop = ''] = suffixStops(`\n${'竹'.repeat(300)}`);
    expect(Buffer.byteLength(stop)).toBeLessThanOrEqual(LIMITS.stopStringBytes);
    expect(stop).toBe(`\n${'竹'.repeat(85)}`);
  });

  test('at a line break too while a single line is asked for; the bundled model needs no more than that', () => {
    expect(lineStop(promptTemplate('continuation'), ', b);\n')).toEqual({ strings: ['\n', ', b);\n'], tokens: [] });
    const infilling = lineStop(promptTemplate('infilling'), ', b);\n');
    expect(infilling.strings).toEqual(['\n']);
    expect(infilling.tokens).toContain('<|endoftext|>');
  });
});
