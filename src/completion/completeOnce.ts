/**
 * One completion from context to suggestion: prompt, generate, clean, grow to a block, fit to the rest of the line.
 * Used by the session behind the provider and by the CLI; it caches nothing and shows nothing.
 */
import type { FrozenSuffixes } from '../prompt/frozenSuffix';
import type { PromptSnippet } from '../prompt/promptSnippet';
import { GREEDY, type GenerateRequest, type GenerateResult, type TokensNotification } from '../protocol/engineProtocol';
import { completeLines, GROWTH_LIMITS, mayJoin, openness } from './blockGrowth';
import { cursorShape } from './cursorShape';
import { linePrefix, lineTail, type DocumentContext } from './documentContext';
import { cleanLine } from './postProcess';
import { fitToLineTail } from './postProcess/lineTail';
import { surroundingsOf, type Surroundings } from './postProcess/surroundings';
import { planPrompt, promptOf, type PromptOptions, type PromptPlan } from './promptPlan';
import type { SilenceReason } from './silenceReason';
import { isCutOff, lineStop, meanLogProb, wantsNextLine } from './stopCriteria';

export type Generate = (
  request: Omit<GenerateRequest, 'requestId'>,
  signal: AbortSignal,
  onTokens?: (tokens: TokensNotification) => void,
  /** Called when the text begins anew because the worker had to be restarted. */
  onRestart?: () => void,
) => Promise<GenerateResult>;

export interface CompletionOptions extends PromptOptions {
  readonly multiline: 'auto' | 'never';
  /** A first line whose mean log-probability is lower is not shown; default LEAST_MEAN_LOG_PROB. */
  readonly minMeanLogProb?: number;
  /** Time that the lines after the first may take before a block stops growing; default: no limit. */
  readonly growthBudgetMs?: number;
}

export interface CompletionInput {
  readonly context: DocumentContext;
  readonly options: CompletionOptions;
  readonly generate: Generate;
  readonly signal: AbortSignal;
  /** Shared by the requests of a session, so that the prompt stays stable. */
  readonly suffixes?: FrozenSuffixes;
  /** Pieces of other files, what changes least first; what does not fit is left out. */
  readonly snippets?: readonly PromptSnippet[];
  /** Milliseconds; needed for growthBudgetMs. */
  readonly now?: () => number;
  /** Called with the text of the first line as it grows. */
  readonly onText?: (text: string) => void;
}

export interface Suggestion {
  /** To insert at the cursor, newlines as "\n". */
  readonly text: string;
  /** Characters right of the cursor that the text replaces: closers that it contains itself. */
  readonly tailLength: number;
  readonly singleLine: boolean;
  /** Mean natural-log probability of the generated tokens. */
  readonly meanLogProb: number;
  /** The text before it was fitted to the rest of the line; what a cache keeps. */
  readonly unfittedText: string;
}

export type CompletionOutcome =
  | { readonly kind: 'suggestion'; readonly suggestion: Suggestion; readonly results: readonly GenerateResult[] }
  | { readonly kind: 'none'; readonly reason: SilenceReason; readonly results: readonly GenerateResult[] };

/** Of 96 held-out lines of the bundled model 35 were exact; of the 5 below this value, none. */
export const LEAST_MEAN_LOG_PROB = -1;

interface Run {
  readonly input: CompletionInput;
  readonly plan: PromptPlan;
  readonly around: Surroundings;
  /** Of every request, used or not. */
  readonly results: GenerateResult[];
}

interface GeneratedLine {
  readonly text: string;
  readonly result: GenerateResult;
}

export async function completeOnce(input: CompletionInput): Promise<CompletionOutcome> {
  const run = startRun(input);
  const first = await askLine(run, '');
  if (isCancelled(run)) return none(run, 'cancelled');
  const lines = await linesFrom(run, first);
  if (isCancelled(run)) return none(run, 'cancelled');
  if (typeof lines === 'string') return none(run, lines);
  const text = textsOf(lines).join('\n');
  const fitted = fitSuggestion(text, meanLogProb(lines.map((line) => line.result)), input.context);
  return typeof fitted === 'string' ? none(run, fitted) : { kind: 'suggestion', suggestion: fitted, results: run.results };
}

/** Fits a text made for an empty rest of the line to the rest that is really there. */
export function fitSuggestion(unfittedText: string, logProb: number, context: DocumentContext): Suggestion | SilenceReason {
  const { hiddenTail } = cursorShape(context);
  const fitted = fitToLineTail(unfittedText, linePrefix(context), hiddenTail, context.languageId);
  if (fitted.text.trim() === '') return 'repeats-suffix';
  if (fitted.tailLength > 0 && fitted.text === lineTail(context)) return 'repeats-suffix';
  return { ...fitted, singleLine: !fitted.text.includes('\n'), meanLogProb: logProb, unfittedText };
}

function startRun(input: CompletionInput): Run {
  const plan = planPrompt(input.context, input.options, input.snippets);
  return { input, plan, around: surroundingsOf(input.context, plan.shape.hiddenTail), results: [] };
}

/** The cleaned first line and, where a block is open, the lines that follow; or why there is nothing. */
async function linesFrom(run: Run, first: GenerateResult): Promise<GeneratedLine[] | SilenceReason> {
  const { options } = run.input;
  if (first.text === '') {
    // A line break first: the model continues below the cursor's line.
    const goesBelow = wantsNextLine(first) && mayGrow(run) && openness([''], run.around) !== 'closed';
    if (!goesBelow) return 'empty-middle';
    const grown = await growBlock(run, { text: '', result: first });
    return grown.length > 1 ? grown : 'empty-middle';
  }
  const clean = cleanLine(first.text, run.around);
  if (clean.kind === 'dropped') return clean.reason;
  if (meanLogProb([first]) < (options.minMeanLogProb ?? LEAST_MEAN_LOG_PROB)) return 'low-confidence';
  const line = { text: clean.text, result: first };
  const whole = clean.text.trimEnd() === first.text.trimEnd() && !isCutOff(first);
  return whole && mayGrow(run) ? growBlock(run, line) : [line];
}

function mayGrow(run: Run): boolean {
  return run.input.options.multiline === 'auto' && run.plan.shape.mode === 'block';
}

async function growBlock(run: Run, firstLine: GeneratedLine): Promise<GeneratedLine[]> {
  const lines = [firstLine];
  const startMs = run.input.now?.() ?? 0;
  while (openness(textsOf(lines), run.around) !== 'closed' && lines.length < GROWTH_LIMITS.lines && hasBudget(run, startMs)) {
    const next = await askLine(run, `${textsOf(lines).join('\n')}\n`);
    if (isCancelled(run)) return lines;
    const text = next.text.trimEnd();
    const believed = !isCutOff(next) && meanLogProb([next]) >= GROWTH_LIMITS.minMeanLogProb;
    if (!believed || !mayJoin(text, textsOf(lines), run.around)) break;
    lines.push({ text, result: next });
  }
  return lines.slice(0, completeLines(textsOf(lines), run.around).length);
}

function textsOf(lines: readonly GeneratedLine[]): string[] {
  return lines.map((line) => line.text);
}

function hasBudget(run: Run, growthStartMs: number): boolean {
  const { options, now } = run.input;
  const inTime = options.growthBudgetMs === undefined || !now || now() - growthStartMs < options.growthBudgetMs;
  return inTime && tokensLeft(run) > 0;
}

function tokensLeft(run: Run): number {
  return run.results.reduce((left, result) => left - result.tokens.length, run.plan.budget.maxTokens);
}

/** Asks for the rest of one line after `accepted`, which continues the prefix. */
async function askLine(run: Run, accepted: string): Promise<GenerateResult> {
  const { generate, signal, suffixes, onText } = run.input;
  const { budget, shape, template } = run.plan;
  const request = {
    priority: 'completion',
    prompt: promptOf(run.plan, accepted, suffixes),
    maxTokens: tokensLeft(run),
    maxPromptTokens: budget.maxPromptTokens,
    sampling: GREEDY,
    stop: lineStop(template, shape.suffix),
  } as const;
  const result = await (accepted === '' && onText ? streamLine(generate, request, signal, onText) : generate(request, signal));
  run.results.push(result);
  return result;
}

function streamLine(
  generate: Generate,
  request: Omit<GenerateRequest, 'requestId'>,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<GenerateResult> {
  let streamed = '';
  return generate(
    request,
    signal,
    (tokens) => {
      streamed += tokens.text;
      onText(streamed);
    },
    () => {
      streamed = '';
    },
  );
}

function isCancelled(run: Run): boolean {
  return run.input.signal.aborted || run.results.some((result) => result.stopReason === 'cancelled');
}

function none(run: Run, reason: SilenceReason): CompletionOutcome {
  return { kind: 'none', reason, results: run.results };
}
