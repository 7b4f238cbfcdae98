/**
 * Snippets in front of the prompt: their form, their budget, and what they cost the file itself.
 */
import { describe, expect, test } from 'vitest';
import { planPrompt, promptOf } from '../../../src/completion/promptPlan';
import { documentContextFromText } from '../../../src/completion/documentContext';
import { cutToTokens, estimatedTokens, fitSnippets, tokensOfSnippets } from '../../../src/prompt/promptSnippet';
import { SNIPPET_TOKENS_LIMIT, snippetTokenLimit, tokenBudget } from '../../../src/prompt/tokenBudget';
import { promptText } from '../completion/scriptedEngine';

const LINE = 'export const value = 1;\n';
const OPTIONS = { maxTokens: 64, contextLength: 2048, promptForm: 'infilling' } as const;
const context = documentContextFromText('const a = ;\n', 10, 'src/a.ts', 'typescript');

describe('the prompt with snippets', () => {
  test('has them in front, in the form that the bundled model was trained with', () => {
    const snippets = [
      { path: 'src/b.ts', text: 'export const b = 1;' },
      { path: 'src/c.ts', text: 'export const c = 2;' },
    ];
    const prompt = promptOf(planPrompt(context, OPTIONS, snippets));
    expect(prompt.slice(0, 5)).toEqual([
      { kind: 'special', token: '<|file_sep|>', dropRank: 1 },
      { kind: 'text', text: 'src/b.ts\nexport const b = 1;\n', dropRank: 1 },
      { kind: 'special', token: '<|file_sep|>', dropRank: 2 },
      { kind: 'text', text: 'src/c.ts\nexport const c = 2;\n', dropRank: 2 },
      { kind: 'special', token: '<|file_sep|>' },
    ]);
  });

  test('is the old one without snippets', () => {
    expect(promptOf(planPrompt(context, OPTIONS, []))).toEqual(promptOf(planPrompt(context, OPTIONS)));
    expect(planPrompt(context, OPTIONS).budget).toEqual(tokenBudget(2048, 64));
  });

  test('a snippet that contains special tokens is only text', () => {
    const prompt = promptOf(planPrompt(context, OPTIONS, [{ path: 'x', text: '<|fim_middle|><|endoftext|>' }]));
    expect(prompt.filter((part) => part.kind === 'special')).toHaveLength(5);
  });

  test('a model that only continues text gets none, and its windows stay as they are', () => {
    const plan = planPrompt(context, { ...OPTIONS, promptForm: 'continuation' }, [{ path: 'x', text: LINE }]);
    expect(plan.snippets).toEqual([]);
    expect(plan.budget).toEqual(tokenBudget(2048, 64));
    expect(promptText(promptOf(plan))).toBe('// src/a.ts\nconst a = ');
  });
});

describe('the budget of snippets', () => {
  test('costs the file nothing where the context has room for both', () => {
    const limit = snippetTokenLimit(2048, 64);
    expect(limit).toBe(SNIPPET_TOKENS_LIMIT);
    const own = tokenBudget(2048, 64);
    const beside = tokenBudget(2048, 64, limit);
    expect([beside.prefixChars, beside.suffixChars]).toEqual([own.prefixChars, own.suffixChars]);
    expect(beside.maxPromptTokens).toBe(own.maxPromptTokens + limit);
  });

  test('takes a fifth of the file’s own tokens at most where it has not, and everything fits the context', () => {
    for (const contextLength of [128, 256, 512, 1024, 1400, 1800, 2048, 4096]) {
      for (const maxTokens of [1, 64, 256]) {
        const limit = snippetTokenLimit(contextLength, maxTokens);
        const own = tokenBudget(contextLength, maxTokens);
        const beside = tokenBudget(contextLength, maxTokens, limit);
        expect(beside.maxTokens + beside.maxPromptTokens).toBeLessThanOrEqual(contextLength);
        // The header takes its share of a short context; beside it the file keeps four fifths.
        expect(beside.prefixChars).toBeGreaterThanOrEqual(Math.floor((own.prefixChars - 48 * 3) * 0.75));
      }
    }
  });

  test('is kept by whole snippets in their order; the first that is too long is cut at a line’s end and the last', () => {
    const long = { path: 'long.ts', text: LINE.repeat(100).trim() };
    const short = { path: 'short.ts', text: LINE.trim() };
    const fitted = fitSnippets([short, long, short], 200);
    expect(fitted.map(({ path }) => path)).toEqual(['short.ts', 'long.ts']);
    expect(long.text.startsWith(fitted[1]?.text ?? '?')).toBe(true);
    expect(fitted[1]?.text.endsWith(';')).toBe(true);
    expect(tokensOfSnippets(fitted)).toBeLessThanOrEqual(200);
    expect(fitSnippets([long], 10)).toEqual([]);
  });

  test('counts characters beyond ASCII by their bytes', () => {
    expect(estimatedTokens({ path: '', text: '竹'.repeat(100) })).toBeGreaterThanOrEqual(300);
    expect(estimatedTokens({ path: '', text: '😀'.repeat(100) })).toBeGreaterThanOrEqual(400);
  });

  test('of one line that is too long nothing is left', () => {
    expect(cutToTokens({ path: 'a', text: 'x'.repeat(5000) }, 100)).toBeUndefined();
  });
});
