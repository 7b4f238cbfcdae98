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

/** Splits a context of `contextLength` tokens; a `maxTokens` that leaves no room for a prompt is lowered. */
export function tokenBudget(contextLength: number, maxTokens: number): TokenBudget {
  const generated = Math.max(1, Math.min(maxTokens, contextLength - MIN_PROMPT_TOKENS));
  const maxPromptTokens = Math.max(1, Math.min(contextLength - generated, PROMPT_TOKENS_LIMIT));
  const textTokens = Math.max(1, maxPromptTokens - HEADER_TOKENS);
  const suffixChars = Math.floor(textTokens * SUFFIX_SHARE) * CHARS_PER_TOKEN;
  return { maxTokens: generated, maxPromptTokens, prefixChars: textTokens * CHARS_PER_TOKEN - suffixChars, suffixChars };
}
