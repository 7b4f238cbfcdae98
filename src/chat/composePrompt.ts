/**
 * A conversation, its newest question and what the question mentions become the messages that a model is sent, within its context.
 */
import type { TokenBudget } from '../protocol/chat';
import type { ChatProfile, PromptMessage } from './chatBackend';
import { ChatError } from './chatError';
import type { StoredMessage } from './conversation';
import { CUT_MARK, mentionBlock, type MentionText } from './mentionText';
import { planPrompt, type BudgetPlan } from './promptBudget';
import { instructionFor, parseQuestion } from './slashCommands';
import type { TokenCounts } from './tokenCounts';

export interface PromptInput {
  readonly profile: ChatProfile;
  readonly counts: Pick<TokenCounts, 'of'>;
  /** Before the question, oldest first. */
  readonly earlier: readonly StoredMessage[];
  readonly question: string;
  readonly contexts: readonly MentionText[];
  /** What earlier questions brought along, by message. */
  readonly earlierContexts: ReadonlyMap<string, readonly MentionText[]>;
}

export interface ComposedPrompt {
  readonly messages: readonly PromptMessage[];
  readonly plan: BudgetPlan;
}

interface Exchange {
  readonly messageIds: readonly string[];
  readonly question: string;
  readonly answer: string;
}

const WORDS = { conversation: 'conversation', yourText: 'your text' } as const;

/** Throws ChatError: 'question-too-long', 'beyond-model'. */
export async function composePrompt(input: PromptInput): Promise<ComposedPrompt> {
  const { profile, contexts } = input;
  const instruction = instructionFor(parseQuestion(input.question), profile.guide, contexts);
  const { plan, exchanges } = await planFor(input, instruction);
  if (!plan.questionFits) throw questionTooLong(plan.availableTokens);
  const blocks: string[] = [];
  for (const [index, context] of contexts.entries()) blocks.push(await fittedBlock(context, plan.mentionTokens[index] ?? 0, input));
  const kept = exchanges.slice(exchanges.length - plan.keptExchanges);
  const messages = [
    ...kept.flatMap((exchange): PromptMessage[] => [
      { role: 'user', content: exchange.question },
      { role: 'assistant', content: exchange.answer },
    ]),
    { role: 'user' as const, content: joinQuestion(instruction, blocks, profile.guide.docPairsOnly) },
  ];
  return { messages, plan };
}

/** What the question would cost if it were sent now. */
export async function budgetOf(input: PromptInput): Promise<TokenBudget> {
  const { words } = parseQuestion(input.question);
  const { plan, costs } = await planFor(input, words);
  const parts = [
    ...(costs.conversation > 0 ? [{ label: WORDS.conversation, tokens: costs.conversation }] : []),
    ...input.contexts.map((context, index) => ({ label: `#${context.label}`, tokens: costs.mentions[index] ?? 0 })),
    { label: WORDS.yourText, tokens: costs.question },
  ];
  return {
    available: plan.availableTokens,
    parts,
    trimmedMessages: plan.trimmedIds.length,
    cutMentions: plan.cutMentions.map((label) => `#${label}`),
  };
}

interface PricedPlan {
  readonly plan: BudgetPlan;
  readonly exchanges: readonly Exchange[];
  readonly costs: { readonly question: number; readonly mentions: readonly number[]; readonly conversation: number };
}

async function planFor(input: PromptInput, instruction: string): Promise<PricedPlan> {
  const { profile, counts, contexts } = input;
  const bare = profile.guide.docPairsOnly;
  const exchanges = exchangesOf(input.earlier, input.earlierContexts);
  const tokens = await counts.of([
    instruction,
    ...contexts.map((context) => mentionBlock(context, bare)),
    ...exchanges.flatMap((exchange) => [exchange.question, exchange.answer]),
  ]);
  const [question = 0, ...others] = tokens;
  const mentions = others.slice(0, contexts.length);
  const turns = others.slice(contexts.length);
  const priced = exchanges.map(({ messageIds }, index) => ({ messageIds, tokens: (turns[index * 2] ?? 0) + (turns[index * 2 + 1] ?? 0) }));
  const plan = planPrompt({
    contextTokens: profile.contextTokens,
    maxAnswerTokens: profile.guide.maxAnswerTokens,
    frame: profile.frame,
    // A model of single pairs is only confused by what came before: nothing of it is kept, and that is shown.
    exchanges: bare ? priced.map((exchange) => ({ ...exchange, tokens: Number.POSITIVE_INFINITY })) : priced,
    questionTokens: question,
    mentions: contexts.map(({ label }, index) => ({ label, tokens: mentions[index] ?? 0 })),
  });
  const cutAtReading = contexts.filter((context) => context.cut).map((context) => context.label);
  const cutMentions = [...new Set([...plan.cutMentions, ...cutAtReading])];
  const conversation = bare ? 0 : turns.reduce((total, count) => total + count, 0);
  return { plan: { ...plan, cutMentions }, exchanges, costs: { question, mentions, conversation } };
}

/** Questions that were answered, with what came of the answer; a failed answer says nothing to a model. */
function exchangesOf(messages: readonly StoredMessage[], contexts: ReadonlyMap<string, readonly MentionText[]>): Exchange[] {
  const exchanges: Exchange[] = [];
  for (const [index, message] of messages.entries()) {
    const answer = messages[index + 1];
    if (message.role !== 'user' || answer?.role !== 'assistant' || answer.text.trim() === '') continue;
    const blocks = (contexts.get(message.id) ?? []).map((context) => mentionBlock(context, false));
    const { words, command } = parseQuestion(message.text);
    const asked = command === undefined ? words : `${command} ${words}`.trim();
    exchanges.push({ messageIds: [message.id, answer.id], question: joinQuestion(asked, blocks, false), answer: answer.text });
  }
  return exchanges;
}

function joinQuestion(instruction: string, blocks: readonly string[], tight: boolean): string {
  return [instruction, ...blocks].filter((text) => text !== '').join(tight ? '\n' : '\n\n');
}

const CUTTING_ROUNDS = 6;

/** Cuts at the end until the block fits; whole lines where there are several. */
async function fittedBlock(context: MentionText, allowedTokens: number, { counts, profile }: PromptInput): Promise<string> {
  let current = context;
  for (let round = 0; round < CUTTING_ROUNDS; round += 1) {
    const block = mentionBlock(current, profile.guide.docPairsOnly);
    const [tokens = 0] = await counts.of([block]);
    if (tokens <= allowedTokens) return block;
    const chars = Math.floor((current.text.length * allowedTokens * 0.95) / tokens) - (round + 1) * 8;
    current = { ...context, text: wholeLines(context.text.slice(0, Math.max(0, chars))), cut: true };
  }
  // Not even its frame fits: its name still tells the model that something was there.
  return `#${context.label}: ${CUT_MARK}`;
}

function wholeLines(text: string): string {
  const end = text.lastIndexOf('\n');
  return end > text.length / 2 ? text.slice(0, end) : text;
}

function questionTooLong(availableTokens: number): ChatError {
  return new ChatError(
    'question-too-long',
    `The question is longer than the ${availableTokens} tokens that the model can read at once. Shorten it, or choose a model with a longer context.`,
  );
}
