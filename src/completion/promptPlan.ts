/**
 * From a place in a document to the parts of its prompts: how the tokens are shared out, which snippets fit, what the suffix begins with.
 * Used by completeOnce, and by what shows the prompt or reads it ahead.
 */
import type { FrozenSuffixes } from '../prompt/frozenSuffix';
import { buildPrompt } from '../prompt/promptBuilder';
import { fitSnippets, tokensOfSnippets, type PromptSnippet } from '../prompt/promptSnippet';
import { promptTemplate, type PromptTemplate } from '../prompt/promptTemplate';
import { snippetTokenLimit, tokenBudget, type TokenBudget } from '../prompt/tokenBudget';
import type { PromptForm, PromptPart } from '../protocol/engineProtocol';
import { cursorShape, type CursorShape } from './cursorShape';
import type { DocumentContext } from './documentContext';

export interface PromptOptions {
  /** Tokens of the whole suggestion at most. */
  readonly maxTokens: number;
  /** Context length of the loaded model in tokens. */
  readonly contextLength: number;
  /** What the loaded model can be asked. */
  readonly promptForm: PromptForm;
}

export interface PromptPlan {
  readonly context: DocumentContext;
  readonly shape: CursorShape;
  readonly template: PromptTemplate;
  /** Those that fit, of a model that takes any. */
  readonly snippets: readonly PromptSnippet[];
  readonly budget: TokenBudget;
}

export function planPrompt(context: DocumentContext, options: PromptOptions, offered: readonly PromptSnippet[] = []): PromptPlan {
  const { contextLength, maxTokens, promptForm } = options;
  const template = promptTemplate(promptForm);
  const snippets = template.takesSnippets ? fitSnippets(offered, snippetTokenLimit(contextLength, maxTokens)) : [];
  const budget = tokenBudget(contextLength, maxTokens, tokensOfSnippets(snippets));
  return { context, shape: cursorShape(context), template, snippets, budget };
}

/** The prompt for what follows `accepted`, which continues the prefix. Without `suffixes` nothing is frozen. */
export function promptOf(plan: PromptPlan, accepted = '', suffixes?: FrozenSuffixes): PromptPart[] {
  const { context, shape, snippets, budget, template } = plan;
  return buildPrompt({ ...context, suffix: shape.suffix, accepted, snippets }, budget, template, suffixes);
}
