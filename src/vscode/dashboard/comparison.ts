/**
 * Compare now: the completion at one place dense and sparse, in turns, through the same steps as any completion.
 * Each request is short and has the priority of chat, and whoever owns this stops it when the user types: completions go first.
 * The texts go into the result and nowhere else.
 */
import * as vscode from 'vscode';
import { completeOnce, type CompletionOptions, type Generate } from '../../completion/completeOnce';
import type { DocumentContext } from '../../completion/documentContext';
import { toEngineError } from '../../engine/engineError';
import { percentile } from '../../metrics/ringBuffer';
import { decodedTokens } from '../../protocol/decodedTokens';
import type { ComparisonSide, DashboardComparison } from '../../protocol/dashboard';
import { FFN_MODES, type FfnMode, type GenerateResult } from '../../protocol/engineProtocol';
import type { PhaseBytes } from '../../protocol/metrics';

export interface ComparisonParts {
  readonly generate: Generate;
  readonly model: () => Pick<CompletionOptions, 'contextLength' | 'promptForm'>;
  /** What sparse means now, and why. */
  readonly sparse: () => { readonly effective: FfnMode; readonly reason: string };
  readonly now: () => number;
  readonly onChange: () => void;
  /** Never gets text. */
  readonly log: (message: string) => void;
}

export const COMPARISON_LIMITS = {
  /** Of each mode. */
  runs: 5,
  maxTokens: 48,
  /** With a slow model fewer runs are made, but one of each mode. */
  budgetMs: 30_000,
} as const;

type Sides = Record<'dense' | 'sparse', ComparisonSide[]>;

export class Comparison {
  private current: DashboardComparison = { kind: 'none' };
  private controller: AbortController | undefined;

  constructor(private readonly parts: ComparisonParts) {}

  get state(): DashboardComparison {
    return this.current;
  }

  /** Resolves when the comparison ended in whatever way; one that runs already goes on. */
  async run(context: DocumentContext): Promise<void> {
    if (this.controller) return;
    const { effective, reason } = this.parts.sparse();
    if (effective === 'dense') {
      this.fail(vscode.l10n.t('There is nothing to compare: {0}', reason));
      return;
    }
    const controller = new AbortController();
    this.controller = controller;
    try {
      const sides = await this.measure(context, effective, controller.signal);
      if (this.controller === controller) this.finish(context.path, sides);
    } catch (thrown) {
      const { message } = toEngineError(thrown);
      if (this.controller !== controller) return;
      this.parts.log(`The comparison failed: ${message}`);
      this.fail(message);
    } finally {
      if (this.controller === controller) this.controller = undefined;
    }
  }

  /** A comparison that cannot be made, in one sentence. */
  refuse(message: string): void {
    if (!this.controller) this.fail(message);
  }

  /** Ends a running comparison and says why. */
  stop(message: string): void {
    if (!this.controller) return;
    this.end();
    this.fail(message);
  }

  cancel(): void {
    if (this.controller) this.clear();
  }

  /** Forgets the result too. */
  clear(): void {
    this.end();
    this.set({ kind: 'none' });
  }

  private end(): void {
    this.controller?.abort();
    this.controller = undefined;
  }

  /** The first run fills the cache with the prompt, so that it does not count. */
  private async measure(context: DocumentContext, sparse: FfnMode, signal: AbortSignal): Promise<Sides> {
    const { runs, budgetMs } = COMPARISON_LIMITS;
    const sides: Sides = { dense: [], sparse: [] };
    const progress = (): void => this.set({ kind: 'running', done: sides.dense.length + sides.sparse.length, total: 2 * runs });
    progress();
    await this.once(context, 'dense', signal);
    const startMs = this.parts.now();
    do {
      sides.dense.push(await this.once(context, 'dense', signal));
      progress();
      sides.sparse.push(await this.once(context, sparse, signal));
      progress();
    } while (sides.sparse.length < runs && this.parts.now() - startMs < budgetMs);
    return sides;
  }

  /** Rejects when the comparison was ended meanwhile, so that nothing of it is used. */
  private async once(context: DocumentContext, mode: FfnMode, signal: AbortSignal): Promise<ComparisonSide> {
    const { generate, model } = this.parts;
    // Tokens guessed ahead would save time in both modes: here the mode alone is measured.
    const inMode: Generate = (request, ofRun) => generate({ ...request, priority: 'chat', mode, maxDraftTokens: 0 }, ofRun);
    // What a completion drops as doubtful is still worth comparing.
    const options = {
      ...model(),
      maxTokens: COMPARISON_LIMITS.maxTokens,
      multiline: 'auto',
      minMeanLogProb: Number.NEGATIVE_INFINITY,
    } as const;
    const { results } = await completeOnce({ context, options, generate: inMode, signal });
    signal.throwIfAborted();
    return sideOf(mode, results);
  }

  private finish(path: string, sides: Sides): void {
    const [dense, sparse] = [medianSide(sides.dense), medianSide(sides.sparse)];
    this.set({ kind: 'done', path, runs: sides.sparse.length, dense, sparse, sameText: dense.text === sparse.text });
  }

  private fail(message: string): void {
    this.set({ kind: 'failed', message });
  }

  private set(state: DashboardComparison): void {
    this.current = state;
    this.parts.onChange();
  }
}

function sideOf(mode: FfnMode, results: readonly GenerateResult[]): ComparisonSide {
  if (results.some(({ stopReason }) => stopReason === 'cancelled')) {
    throw new Error(vscode.l10n.t('The engine was stopped during the comparison. Compare again.'));
  }
  const decodes = results.flatMap(({ metrics }) => (metrics === undefined ? [] : [metrics.decode]));
  const stepsIn = (of: FfnMode): number => decodes.reduce((sum, { steps }) => sum + steps[of], 0);
  if (FFN_MODES.some((other) => other !== mode && stepsIn(other) > 0)) {
    throw new Error(vscode.l10n.t('The mode changed during the comparison. Compare again.'));
  }
  const first = results[0]?.timings;
  if (first === undefined || stepsIn(mode) === 0) {
    throw new Error(
      vscode.l10n.t('The model has nothing to write at this place. Put the cursor where code is missing, and compare again.'),
    );
  }
  return {
    mode,
    text: results.map(({ text }) => text).join('\n'),
    firstTokenMs: first.tokenizeMs + first.prefillMs,
    decodeMs: results.reduce((sum, { timings }) => sum + timings.decodeMs, 0),
    generatedTokens: results.reduce((sum, { timings }) => sum + timings.generatedTokens, 0),
    decodedTokens: results.reduce((sum, { stopReason, timings }) => sum + decodedTokens(stopReason, timings.generatedTokens), 0),
    bytesPerToken: decodes.reduce((sum, { bytes }) => sum + totalOf(bytes), 0) / stepsIn(mode),
  };
}

/** Greedy generation writes the same text each time: the figures are medians, the text is the last run's. */
function medianSide(runs: readonly ComparisonSide[]): ComparisonSide {
  const last = runs.at(-1);
  if (last === undefined) throw new Error('a comparison without runs');
  const medianOf = (figure: Exclude<keyof ComparisonSide, 'mode' | 'text'>): number =>
    percentile(
      runs.map((run) => run[figure]),
      50,
    ) ?? last[figure];
  return {
    ...last,
    firstTokenMs: medianOf('firstTokenMs'),
    decodeMs: medianOf('decodeMs'),
    generatedTokens: medianOf('generatedTokens'),
    decodedTokens: medianOf('decodedTokens'),
    bytesPerToken: medianOf('bytesPerToken'),
  };
}

function totalOf({ attentionBytes, predictorBytes, feedForwardBytes, headBytes }: PhaseBytes): number {
  return attentionBytes + predictorBytes + feedForwardBytes + headBytes;
}
