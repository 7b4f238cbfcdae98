import { describe, expect, test } from 'vitest';
import { documentContextFromText } from '../../../src/completion/documentContext';
import { FrozenSuffixes } from '../../../src/prompt/frozenSuffix';
import { buildPrompt } from '../../../src/prompt/promptBuilder';
import { promptTemplate } from '../../../src/prompt/promptTemplate';
import { tokenBudget } from '../../../src/prompt/tokenBudget';
import type { PromptPart } from '../../../src/protocol/engineProtocol';
import { promptText } from '../completion/scriptedEngine';

const BUDGET = tokenBudget(2048, 64);
const INFILLING = promptTemplate('infilling');

function promptAt(before: string, after: string, suffixes?: FrozenSuffixes): PromptPart[] {
  return buildPrompt(documentContextFromText(before + after, before.length, 'src/a.ts', 'typescript'), BUDGET, INFILLING, suffixes);
}

/** Without the last part, <|fim_middle|>: what the KV cache may keep. */
function reusable(prompt: PromptPart[]): string {
  return promptText(prompt.slice(0, -1));
}

describe('the prompt', () => {
  test('has the form that the bundled model was trained with', () => {
    expect(promptAt('const a = ', '\nconst b = 2;\n')).toEqual([
      { kind: 'special', token: '<|file_sep|>' },
      { kind: 'text', text: 'src/a.ts\n' },
      { kind: 'special', token: '<|fim_suffix|>' },
      { kind: 'text', text: '\nconst b = 2;\n', trim: 'end' },
      { kind: 'special', token: '<|fim_prefix|>' },
      { kind: 'text', text: 'const a = ', trim: 'start' },
      { kind: 'special', token: '<|fim_middle|>' },
    ]);
  });

  test('a file that contains special tokens contributes text only', () => {
    const prompt = promptAt('<|fim_middle|>', '<|endoftext|>');
    expect(prompt.filter((part) => part.kind === 'special')).toHaveLength(4);
    expect(prompt).toContainEqual({ kind: 'text', text: '<|fim_middle|>', trim: 'start' });
  });

  test('CRLF becomes LF', () => {
    expect(promptText(promptAt('a;\r\nb;\r\n', '\r\nc;\r\n'))).toBe(
      '<|file_sep|>src/a.ts\n<|fim_suffix|>\nc;\n<|fim_prefix|>a;\nb;\n<|fim_middle|>',
    );
  });

  test('typing and Enter only append to the prompt, save where the window moves', () => {
    const suffixes = new FrozenSuffixes();
    const after = `\n}\n${'export const other = 1;\n'.repeat(100)}`;
    let before = 'import { thing } from "./thing";\n'.repeat(300);
    let previous = reusable(promptAt(before, after, suffixes));
    let moves = 0;
    const typed = '  const value = compute(thing, other);\n'.repeat(64);
    for (const char of typed) {
      before += char;
      const current = reusable(promptAt(before, after, suffixes));
      if (!current.startsWith(previous)) moves += 1;
      previous = current;
    }
    // 64 lines of 39 characters: 2496 characters against steps of a third of the prefix window.
    expect(moves).toBeLessThanOrEqual(Math.ceil(typed.length / Math.floor(BUDGET.prefixChars / 3)));
  });

  test('generated lines continue the prefix without moving its window, wherever the cursor stands', () => {
    const before = 'import { thing } from "./thing";\n'.repeat(300);
    const accepted = 'const value = 1;\n';
    for (let extra = 0; extra < 2000; extra += 100) {
      const context = documentContextFromText(before + 'x'.repeat(extra), before.length + extra, 'src/a.ts', 'typescript');
      const first = reusable(buildPrompt(context, BUDGET, INFILLING));
      expect(reusable(buildPrompt({ ...context, accepted }, BUDGET, INFILLING))).toBe(first + accepted);
    }
  });

  test('a small edit below the cursor changes nothing in the prompt', () => {
    const suffixes = new FrozenSuffixes();
    const after = `\n${Array.from({ length: 40 }, (_, index) => `call${index}(a, b);`).join('\n')}\n`;
    const first = promptAt('const a = ', after, suffixes);
    expect(promptAt('const a = ', after.replace('call4(a', 'call4(c'), suffixes)).toEqual(first);
  });

  test('long text on both sides stays inside the budget', () => {
    const prompt = promptAt('const a = 1;\n'.repeat(2000), '\nconst b = 2;'.repeat(2000));
    expect(promptText(prompt).length).toBeLessThan(BUDGET.maxPromptTokens * 3);
  });

  test('a suffix window is never cut inside a character', () => {
    for (let extra = 0; extra < 2; extra += 1) {
      const suffix = promptAt('', 'x'.repeat(extra) + '😀'.repeat(2000)).find((part) => part.kind === 'text' && part.trim === 'end');
      expect(suffix?.kind === 'text' && suffix.text.endsWith('😀')).toBe(true);
    }
  });
});

describe('the token budget', () => {
  test('prompt and generated tokens fit the context together', () => {
    for (const contextLength of [256, 1024, 2048, 4096]) {
      for (const maxTokens of [1, 64, 256]) {
        const budget = tokenBudget(contextLength, maxTokens);
        expect(budget.maxTokens + budget.maxPromptTokens).toBeLessThanOrEqual(contextLength);
        expect(budget.prefixChars).toBeGreaterThan(0);
      }
    }
  });

  test('asking for more tokens than the context has leaves room for a prompt', () => {
    const budget = tokenBudget(128, 4096);
    expect(budget.maxTokens).toBe(64);
    expect(budget.maxPromptTokens).toBe(64);
  });
});
