/**
 * How many tokens of the model's context a completion may use, and how many characters fit into them.
 * The text is not tokenised here: the worker cuts by tokens where an estimate was too generous.
 */

export interface TokenBudget {
  /** Tokens to generate at most. */
  readonly maxTokens: number;
  readonly maxPromptTokens: number;
  readonly prefixChars: number;
  readonly suffixChars: number;
}

/** Code in this model's vocabulary takes 3 to 4 characters a token; the low end leaves room for digits and punctuation. */
const CHARS_PER_TOKEN = 3;
/** Path header and special tokens. */
const HEADER_TOKENS = 48;
/** A longer prompt costs a second or more when nothing of it is cached; on 96 held-out lines 1024 instead of 1536 lost 2 of 35 exact ones. */
const PROMPT_TOKENS_LIMIT = 1280;
/** Share of the prompt given to the text after the cursor. */
const SUFFIX_SHARE = 0.2;
const MIN_PROMPT_TOKENS = 64;

/**
 * Snippets of other files have tokens of their own, so that they rarely cost the file itself anything: about as many as the bundled model saw
 * in training, where they had at most 2200 characters.
 */
export const SNIPPET_TOKENS_LIMIT = 512;
/** The share of its own tokens that a file gives up to snippets where the context is too short for both. */
const SNIPPET_SHARE = 0.2;

/**
 * Splits a context of `contextLength` tokens; a `maxTokens` that leaves no room for a prompt is lowered.
 * `snippetTokens`: what the snippets in front of the prompt take, at most snippetTokenLimit of the same context.
 */
export function tokenBudget(contextLength: number, maxTokens: number, snippetTokens = 0): TokenBudget {
  const { generated, ownTokens, spareTokens } = splitContext(contextLength, maxTokens);
  const givenUp = Math.max(0, snippetTokens - spareTokens);
  const textTokens = Math.max(1, ownTokens - givenUp - HEADER_TOKENS);
  const suffixChars = Math.floor(textTokens * SUFFIX_SHARE) * CHARS_PER_TOKEN;
  return {
    maxTokens: generated,
    maxPromptTokens: ownTokens - givenUp + snippetTokens,
    prefixChars: textTokens * CHARS_PER_TOKEN - suffixChars,
    suffixChars,
  };
}

/** Tokens that snippets may take beside a prompt of this context. */
export function snippetTokenLimit(contextLength: number, maxTokens: number): number {
  const { ownTokens, spareTokens } = splitContext(contextLength, maxTokens);
  return Math.min(SNIPPET_TOKENS_LIMIT, spareTokens + Math.floor(ownTokens * SNIPPET_SHARE));
}

/** Tokens to generate, tokens for the file itself, and tokens that neither of them uses. */
function splitContext(contextLength: number, maxTokens: number): { generated: number; ownTokens: number; spareTokens: number } {
  const generated = Math.max(1, Math.min(maxTokens, contextLength - MIN_PROMPT_TOKENS));
  const promptTokens = Math.max(1, contextLength - generated);
  const ownTokens = Math.min(promptTokens, PROMPT_TOKENS_LIMIT);
  return { generated, ownTokens, spareTokens: promptTokens - ownTokens };
}
