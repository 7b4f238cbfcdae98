/**
 * Counts what happens in a replay and turns it into figures. Every figure says what it is a share of; nothing is left out but what is named here.
 */
import type { SuggestionSource } from '../../completion/completionSession';
import type { SilenceReason } from '../../completion/silenceReason';
import { percentile } from '../../metrics/ringBuffer';
import type { GenerateResult } from '../../protocol/engineProtocol';
import { share, type Share } from './share';

/** `null`: there was nothing to take it from. Latencies run from the provider's call to its item. */
export interface ReplayFigures {
  /** Over the calls that ran the model and returned an item, after the first answer in their file. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly latencyCalls: number;
  /** The same for calls answered by a request that an earlier keystroke had begun. */
  readonly inFlightP50Ms: number | null;
  readonly inFlightP95Ms: number | null;
  readonly inFlightCalls: number;
  /** From the first call in a file to the first answer of the model there, while typing. */
  readonly firstAnswerP50Ms: number | null;
  readonly firstAnswerP95Ms: number | null;
  readonly firstAnswerFiles: number;
  readonly silentP50Ms: number | null;
  /** Of the calls answered with an item, those without a request of their own. */
  readonly cacheShare: number | null;
  /** Of the calls inside an accepted suggestion, those answered with an item without a request of their own. */
  readonly servedInsideAccepted: number | null;
  readonly callsInsideAccepted: number;
  /** Of all calls, superseded ones too, those answered with an item. */
  readonly shownRate: number | null;
  /** Of the first suggestions shown on a line, those whose first line is the rest of that line. */
  readonly exactMatch: number | null;
  readonly exactMatchInterval95: Share['interval95'];
  readonly linesWithSuggestion: number;
  /** Of the suggestions shown (one that is typed along counts once), those that are wholly what was written. */
  readonly rightShare: number | null;
  readonly rightShareInterval95: Share['interval95'];
  readonly suggestions: number;
  /** Of all keys, those that accepting saved. */
  readonly completedCodeRatio: number | null;
  readonly completedCodeRatioInterval95: Share['interval95'];
  readonly keys: { readonly typed: number; readonly saved: number; readonly withoutCall: number };
  readonly accepted: { readonly whole: number; readonly partial: number };
  readonly calls: Readonly<Record<SuggestionSource | 'silent' | 'superseded' | 'all', number>>;
  readonly silent: Readonly<Partial<Record<SilenceReason, number>>>;
  /** Engine requests, one a line of a suggestion. */
  readonly requests: { readonly finished: number; readonly cancelled: number };
  readonly tokens: { readonly reused: number; readonly recomputed: number; readonly generated: number };
}

export interface CallsInside {
  asked: number;
  served: number;
}

export class ReplayTally {
  private readonly warmMs: number[] = [];
  private readonly inFlightMs: number[] = [];
  private readonly firstAnswerMs: number[] = [];
  private readonly silentMs: number[] = [];
  private readonly silences = new Map<SilenceReason, number>();
  private readonly items = { model: 0, cache: 0, 'in-flight': 0 };
  private readonly keys = { typed: 0, saved: 0, withoutCall: 0 };
  private readonly taken = { whole: 0, partial: 0 };
  private readonly insideAccepted: CallsInside = { asked: 0, served: 0 };
  private readonly lines = { shown: 0, exact: 0 };
  private readonly suggestions = { shown: 0, right: 0 };
  private readonly requests = { finished: 0, cancelled: 0 };
  private readonly tokens = { reused: 0, recomputed: 0, generated: 0 };
  private calls = 0;
  private superseded = 0;

  keyTyped(): void {
    this.keys.typed += 1;
  }

  /** The next key came before the editor asked. */
  keyWithoutCall(): void {
    this.keys.withoutCall += 1;
  }

  callMade(): void {
    this.calls += 1;
  }

  callSuperseded(): void {
    this.superseded += 1;
  }

  /** `cold`: no call in this file had an answer of the model before. */
  itemReturned(source: SuggestionSource, elapsedMs: number, cold: boolean): void {
    this.items[source] += 1;
    if (source === 'model' && !cold) this.warmMs.push(elapsedMs);
    if (source === 'in-flight' && !cold) this.inFlightMs.push(elapsedMs);
  }

  silentAnswer(reason: SilenceReason, elapsedMs: number): void {
    this.silences.set(reason, (this.silences.get(reason) ?? 0) + 1);
    this.silentMs.push(elapsedMs);
  }

  firstAnswerInFile(sinceFirstCallMs: number): void {
    this.firstAnswerMs.push(sinceFirstCallMs);
  }

  suggestionShown(isRight: boolean): void {
    this.suggestions.shown += 1;
    if (isRight) this.suggestions.right += 1;
  }

  firstOnLine(isExact: boolean): void {
    this.lines.shown += 1;
    if (isExact) this.lines.exact += 1;
  }

  accepted(how: 'whole' | 'partial', savedKeys: number, inside: CallsInside | undefined): void {
    this.taken[how] += 1;
    this.keys.saved += savedKeys;
    this.insideAccepted.asked += inside?.asked ?? 0;
    this.insideAccepted.served += inside?.served ?? 0;
  }

  requestEnded({ stopReason, timings }: Pick<GenerateResult, 'stopReason' | 'timings'>): void {
    this.requests[stopReason === 'cancelled' ? 'cancelled' : 'finished'] += 1;
    this.tokens.reused += timings.reusedTokens;
    this.tokens.recomputed += timings.promptTokens - timings.reusedTokens;
    this.tokens.generated += timings.generatedTokens;
  }

  figures(): ReplayFigures {
    const { items, keys, lines, suggestions } = this;
    const answered = items.model + items.cache + items['in-flight'];
    const exact = share(lines.exact, lines.shown);
    const right = share(suggestions.right, suggestions.shown);
    const completed = share(keys.saved, keys.saved + keys.typed);
    return {
      ...this.latencies(),
      cacheShare: share(items.cache + items['in-flight'], answered).value,
      servedInsideAccepted: share(this.insideAccepted.served, this.insideAccepted.asked).value,
      callsInsideAccepted: this.insideAccepted.asked,
      shownRate: share(answered, this.calls).value,
      exactMatch: exact.value,
      exactMatchInterval95: exact.interval95,
      linesWithSuggestion: lines.shown,
      rightShare: right.value,
      rightShareInterval95: right.interval95,
      suggestions: suggestions.shown,
      completedCodeRatio: completed.value,
      completedCodeRatioInterval95: completed.interval95,
      keys: { ...keys },
      accepted: { ...this.taken },
      calls: { ...items, silent: this.silentMs.length, superseded: this.superseded, all: this.calls },
      silent: Object.fromEntries([...this.silences].sort(([, a], [, b]) => b - a)),
      requests: { ...this.requests },
      tokens: { ...this.tokens },
    };
  }

  private latencies() {
    return {
      p50Ms: percentileOf(this.warmMs, 50),
      p95Ms: percentileOf(this.warmMs, 95),
      p99Ms: percentileOf(this.warmMs, 99),
      latencyCalls: this.warmMs.length,
      inFlightP50Ms: percentileOf(this.inFlightMs, 50),
      inFlightP95Ms: percentileOf(this.inFlightMs, 95),
      inFlightCalls: this.inFlightMs.length,
      firstAnswerP50Ms: percentileOf(this.firstAnswerMs, 50),
      firstAnswerP95Ms: percentileOf(this.firstAnswerMs, 95),
      firstAnswerFiles: this.firstAnswerMs.length,
      silentP50Ms: percentileOf(this.silentMs, 50),
    };
  }
}

/** `null` for no values. */
export function percentileOf(values: readonly number[], p: number): number | null {
  return percentile(values, p) ?? null;
}
