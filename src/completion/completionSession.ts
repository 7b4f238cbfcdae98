/**
 * The local part of the flow: a suggestion from the cache, from the request in flight, or from a new request, in this order.
 * One per window. It knows no editor; the provider turns what it returns into ghost text.
 */
import { FrozenSuffixes } from '../prompt/frozenSuffix';
import type { PromptSnippet } from '../prompt/promptSnippet';
import type { MetricsStore } from '../metrics/metricsStore';
import { GREEDY, type GenerateResult, type StopOptions } from '../protocol/engineProtocol';
import { CompletionCache } from './completionCache';
import {
  completeOnce,
  fitSuggestion,
  type CompletionOptions,
  type CompletionOutcome,
  type Generate,
  type Suggestion,
} from './completeOnce';
import type { DocumentContext } from './documentContext';
import { InFlightCompletion, type Schedule } from './inFlightCompletion';
import { planPrompt, promptOf, type PromptOptions } from './promptPlan';
import type { SilenceReason } from './silenceReason';

export interface SessionParts {
  readonly generate: Generate;
  readonly metrics: Pick<MetricsStore, 'recordRun'>;
  /** Milliseconds from any fixed start. */
  readonly now: () => number;
  readonly schedule: Schedule;
  /** Pieces of other files for a document's prompt: read on every request, so it must be ready and must not change while the user types. */
  readonly snippetsFor?: (documentKey: string) => readonly PromptSnippet[];
}

export type SuggestionSource = 'cache' | 'in-flight' | 'model';

export type SessionOutcome =
  | {
      readonly kind: 'suggestion';
      readonly suggestion: Suggestion;
      readonly source: SuggestionSource;
      /** Of the requests that were made for it; empty unless the source is the model. */
      readonly results: readonly GenerateResult[];
    }
  | { readonly kind: 'none'; readonly reason: SilenceReason };

const NO_STOP: StopOptions = { strings: [], tokens: [] };

export class CompletionSession {
  private readonly cache = new CompletionCache();
  private readonly suffixes = new FrozenSuffixes();
  private inFlight: InFlightCompletion | undefined;
  private warmingUp: AbortController | undefined;

  constructor(private readonly parts: SessionParts) {}

  /** Ends in silence with reason 'cancelled' as soon as the signal aborts; rejects with what the engine rejects with. */
  async suggest(context: DocumentContext, options: CompletionOptions, signal: AbortSignal): Promise<SessionOutcome> {
    if (isAborted(signal)) return { kind: 'none', reason: 'cancelled' };
    const cached = this.fromCache(context, 'cache');
    if (cached) return cached;
    const running = this.inFlight;
    if (running?.mayServe(context) === true) {
      const joined = await running.join(context, signal);
      if (isAborted(signal)) return { kind: 'none', reason: 'cancelled' };
      const served = joined === 'finished' ? this.fromCache(context, 'in-flight') : undefined;
      if (served) return served;
    }
    return this.ask(context, options, signal);
  }

  /**
   * Reads the prompt of a place ahead, so that the next keystroke there finds it in the KV cache. Shows nothing, and gives way to
   * every request; rejects with what the engine rejects with.
   */
  async warmUp(context: DocumentContext, options: PromptOptions): Promise<void> {
    if (this.inFlight?.isRunning === true) return;
    this.warmingUp?.abort();
    const { signal } = (this.warmingUp = new AbortController());
    const plan = planPrompt(context, options, this.snippetsFor(context));
    const prompt = promptOf(plan, '', this.suffixes);
    const { maxPromptTokens } = plan.budget;
    const request = { priority: 'completion', prompt, maxTokens: 0, maxPromptTokens, sampling: GREEDY, stop: NO_STOP } as const;
    await this.parts.generate(request, signal);
  }

  /** Forgets every suggestion: another model would make others. */
  reset(): void {
    this.warmingUp?.abort();
    this.inFlight?.abort();
    this.inFlight = undefined;
    this.cache.clear();
  }

  private async ask(context: DocumentContext, options: CompletionOptions, signal: AbortSignal): Promise<SessionOutcome> {
    this.warmingUp?.abort();
    this.inFlight?.abort();
    const request = new InFlightCompletion(context, this.parts.schedule, (requestSignal, onText) =>
      this.run(context, options, requestSignal, onText),
    );
    this.inFlight = request;
    const joined = await request.join(context, signal);
    if (joined !== 'finished' || isAborted(signal)) return { kind: 'none', reason: 'cancelled' };
    const outcome = await request.outcome;
    if (outcome.kind === 'none') return { kind: 'none', reason: outcome.reason };
    return { kind: 'suggestion', suggestion: outcome.suggestion, source: 'model', results: outcome.results };
  }

  private async run(
    context: DocumentContext,
    options: CompletionOptions,
    signal: AbortSignal,
    onText: (text: string) => void,
  ): Promise<CompletionOutcome> {
    const { generate, metrics, now } = this.parts;
    const snippets = this.snippetsFor(context);
    const outcome = await completeOnce({ context, options, generate, signal, suffixes: this.suffixes, snippets, now, onText });
    metrics.recordRun(outcome.results);
    if (outcome.kind === 'suggestion') this.cache.store(context, outcome.suggestion);
    return outcome;
  }

  private snippetsFor(context: DocumentContext): readonly PromptSnippet[] {
    return this.parts.snippetsFor?.(context.documentKey) ?? [];
  }

  private fromCache(context: DocumentContext, source: SuggestionSource): SessionOutcome | undefined {
    const cached = this.cache.lookup(context);
    if (!cached) return undefined;
    const fitted = fitSuggestion(cached.unfittedText, cached.meanLogProb, context);
    return typeof fitted === 'string' ? undefined : { kind: 'suggestion', suggestion: fitted, source, results: [] };
  }
}

/** A call, because a signal changes between two awaits. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
