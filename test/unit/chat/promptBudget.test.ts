import { describe, expect, test } from 'vitest';
import { chatPrompt } from '../../../src/chat/chatPrompt';
import { planPrompt, type BudgetInput } from '../../../src/chat/promptBudget';
import type { PromptMessage } from '../../../src/chat/chatBackend';
import { LIMITS } from '../../../src/protocol/engineProtocol';

const BASE: BudgetInput = {
  contextTokens: 300,
  maxAnswerTokens: 1024,
  frame: { firstTokens: 0, exchangeTokens: 0 },
  exchanges: [],
  questionTokens: 10,
  mentions: [],
};
const exchange = (name: string, tokens: number) => ({ messageIds: [`${name}?`, `${name}!`], tokens });

describe('the room for an answer', () => {
  test.each([
    [300, 100],
    [2048, 682],
    [32_768, 1024],
  ])('of a context of %d tokens it is %d', (contextTokens, answerTokens) => {
    expect(planPrompt({ ...BASE, contextTokens })).toMatchObject({ answerTokens, availableTokens: contextTokens - answerTokens });
  });

  test('is less for a model that is known to ramble', () => {
    expect(planPrompt({ ...BASE, contextTokens: 2048, maxAnswerTokens: 256 }).availableTokens).toBe(1792);
  });
});

describe('trimming', () => {
  test('everything stays while it fits', () => {
    const plan = planPrompt({ ...BASE, exchanges: [exchange('a', 90), exchange('b', 100)] });
    expect(plan).toMatchObject({ keptExchanges: 2, trimmedIds: [], cutMentions: [] });
  });

  test('the oldest exchanges go first, question and answer together', () => {
    const plan = planPrompt({ ...BASE, exchanges: [exchange('a', 90), exchange('b', 100), exchange('c', 50)] });
    expect(plan).toMatchObject({ keptExchanges: 2, trimmedIds: ['a?', 'a!'] });
  });

  test('no older exchange jumps over one that was dropped', () => {
    const plan = planPrompt({ ...BASE, exchanges: [exchange('small', 1), exchange('large', 250), exchange('new', 50)] });
    expect(plan.trimmedIds).toEqual(['small?', 'small!', 'large?', 'large!']);
  });

  test('no more exchanges stay than a prompt may have parts, the newest ones', () => {
    const exchanges = Array.from({ length: 200 }, (_, index) => exchange(`${index}`, 1));
    const plan = planPrompt({ ...BASE, contextTokens: 32_768, exchanges });
    expect(plan.trimmedIds).toHaveLength((200 - plan.keptExchanges) * 2);
    expect(plan.trimmedIds[0]).toBe('0?');
    const template = '{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}<assistant>';
    const turns = Array.from({ length: plan.keptExchanges }, (): PromptMessage[] => [
      { role: 'user', content: 'Why?' },
      { role: 'assistant', content: 'Because.' },
    ]).flat();
    const parts = chatPrompt({ template, beginToken: '', endToken: '' }, [...turns, { role: 'user', content: 'And?' }], () => 0);
    expect(parts.length).toBeLessThanOrEqual(LIMITS.promptParts);
    expect(parts.length).toBeGreaterThan(LIMITS.promptParts - 8);
  });

  test('the frame of the template counts', () => {
    const frame = { firstTokens: 5, exchangeTokens: 10 };
    expect(planPrompt({ ...BASE, frame, exchanges: [exchange('a', 176)] }).keptExchanges).toBe(0);
    expect(planPrompt({ ...BASE, frame, exchanges: [exchange('a', 175)] }).keptExchanges).toBe(1);
  });

  test('mentions stay whole at the cost of the conversation', () => {
    const plan = planPrompt({ ...BASE, exchanges: [exchange('a', 60)], mentions: [{ label: 'selection', tokens: 150 }] });
    expect(plan).toMatchObject({ keptExchanges: 0, trimmedIds: ['a?', 'a!'], mentionTokens: [150], cutMentions: [] });
  });

  test('mentions that alone do not fit are cut, and named; small ones stay whole', () => {
    const mentions = [
      { label: 'file:big.ts', tokens: 500 },
      { label: 'selection', tokens: 20 },
      { label: 'file:other.ts', tokens: 100 },
    ];
    const plan = planPrompt({ ...BASE, mentions });
    expect(plan.mentionTokens).toEqual([85, 20, 85]);
    expect(plan.cutMentions).toEqual(['file:big.ts', 'file:other.ts']);
  });

  test('a question that alone does not fit is known', () => {
    expect(planPrompt({ ...BASE, questionTokens: 200 }).questionFits).toBe(true);
    expect(planPrompt({ ...BASE, questionTokens: 201 }).questionFits).toBe(false);
  });
});
