/**
 * What of a conversation goes into a prompt: the newest question and its mentions always, then as many exchanges as fit, newest first.
 * Mentions are cut at their end only when they alone do not fit. Nothing is left out silently: the plan names it all.
 */
import { LIMITS } from '../protocol/engineProtocol';

export interface BudgetInput {
  readonly contextTokens: number;
  readonly maxAnswerTokens: number;
  readonly frame: { readonly firstTokens: number; readonly exchangeTokens: number };
  /** Question and answer of each earlier exchange, oldest first. */
  readonly exchanges: readonly { readonly messageIds: readonly string[]; readonly tokens: number }[];
  readonly questionTokens: number;
  readonly mentions: readonly { readonly label: string; readonly tokens: number }[];
}

export interface BudgetPlan {
  /** For the prompt, after the room for an answer. */
  readonly availableTokens: number;
  readonly answerTokens: number;
  /** How many of the newest exchanges stay. */
  readonly keptExchanges: number;
  /** Messages that are left out. */
  readonly trimmedIds: readonly string[];
  /** What each mention may have; less than it has when it is cut. */
  readonly mentionTokens: readonly number[];
  readonly cutMentions: readonly string[];
  /** The question alone is longer than the context. */
  readonly questionFits: boolean;
}

const MOST_ANSWER_TOKENS = 1024;
/** Question and answer, and what the template writes before each. */
const PARTS_PER_EXCHANGE = 4;
/** The newest question, and what the template writes around it. */
const PARTS_OF_QUESTION = 3;
const MOST_EXCHANGES = Math.floor((LIMITS.promptParts - PARTS_OF_QUESTION) / PARTS_PER_EXCHANGE);

export function planPrompt(input: BudgetInput): BudgetPlan {
  const answerTokens = Math.max(1, Math.min(MOST_ANSWER_TOKENS, input.maxAnswerTokens, Math.floor(input.contextTokens / 3)));
  const availableTokens = Math.max(0, input.contextTokens - answerTokens);
  const forMentions = availableTokens - input.frame.firstTokens - input.questionTokens;
  const mentionTokens = shares(
    input.mentions.map((mention) => mention.tokens),
    Math.max(0, forMentions),
  );
  let left = forMentions - sum(mentionTokens);
  let keptExchanges = 0;
  for (const exchange of input.exchanges.toReversed()) {
    left -= exchange.tokens + input.frame.exchangeTokens;
    if (left < 0 || keptExchanges === MOST_EXCHANGES) break;
    keptExchanges += 1;
  }
  const trimmed = input.exchanges.slice(0, input.exchanges.length - keptExchanges);
  return {
    availableTokens,
    answerTokens,
    keptExchanges,
    trimmedIds: trimmed.flatMap((exchange) => exchange.messageIds),
    mentionTokens,
    cutMentions: input.mentions.filter((mention, index) => (mentionTokens[index] ?? 0) < mention.tokens).map((mention) => mention.label),
    questionFits: forMentions >= 0,
  };
}

/** Small ones stay whole; large ones share what is left equally. */
function shares(wanted: readonly number[], available: number): number[] {
  const granted = wanted.map(() => 0);
  let left = available;
  const ascending = wanted.map((tokens, index) => ({ tokens, index })).sort((a, b) => a.tokens - b.tokens);
  ascending.forEach(({ tokens, index }, done) => {
    const share = Math.min(tokens, Math.floor(left / (ascending.length - done)));
    granted[index] = share;
    left -= share;
  });
  return granted;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
