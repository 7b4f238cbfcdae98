/**
 * How often suggestions were of use, and why there were none: counts only, no text.
 * Pure. How an accept is recognised is src/completion/acceptance.ts's matter.
 */
import type { DashboardUsefulness } from '../protocol/dashboard';

export interface UsefulnessCounts extends Omit<DashboardUsefulness, 'silences'> {
  /** Most frequent first. */
  readonly silences: readonly { readonly reason: string; readonly count: number }[];
}

/** More than there are reasons. */
const REASONS_KEPT = 64;

export class Usefulness {
  private shown = 0;
  private shownFromCache = 0;
  private accepted = 0;
  private partlyAccepted = 0;
  private charactersSaved = 0;
  private silences = new Map<string, number>();

  recordShown(fromCache: boolean): void {
    this.shown += 1;
    if (fromCache) this.shownFromCache += 1;
  }

  /** A suggestion accepted in parts and then to its end is one accepted suggestion. */
  recordAccepted(characters: number, wasPartlyAccepted: boolean): void {
    this.accepted += 1;
    this.charactersSaved += characters;
    if (wasPartlyAccepted) this.partlyAccepted = Math.max(0, this.partlyAccepted - 1);
  }

  /** `isFirstPart`: of its suggestion. */
  recordPartlyAccepted(characters: number, isFirstPart: boolean): void {
    this.charactersSaved += characters;
    if (isFirstPart) this.partlyAccepted += 1;
  }

  recordSilence(reason: string): void {
    const count = this.silences.get(reason);
    if (count === undefined && this.silences.size >= REASONS_KEPT) return;
    this.silences.set(reason, (count ?? 0) + 1);
  }

  clear(): void {
    this.shown = this.shownFromCache = this.accepted = this.partlyAccepted = this.charactersSaved = 0;
    this.silences = new Map();
  }

  counts(): UsefulnessCounts {
    const { shown, shownFromCache, accepted, partlyAccepted, charactersSaved } = this;
    const silences = [...this.silences].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
    return { shown, shownFromCache, accepted, partlyAccepted, charactersSaved, silences };
  }
}
