/**
 * When context is collected: a document becomes the active one, is saved, or rests after edits or moves of the cursor. Never per keystroke.
 * One pass at a time; a newer event calls off the older one's pass.
 */
import type { ContextTarget } from './snippetCandidate';
import type { PassOptions, PassResult } from './contextCollection';

/** What is due soon goes before what waits for a pause. */
type RefreshReason = 'soon' | 'idle';

/** Going through tabs quickly collects nothing on the way. */
const SOON_DELAY_MS = 150;
/** A pause in which the prompt may change: shorter ones are part of typing. */
const IDLE_DELAY_MS = 1200;

/** Passes that go on where the time of the first was used up; large projects are not looked at to the end. */
const MAX_FURTHER_PASSES = 4;

export interface RefresherParts {
  readonly collect: (target: ContextTarget, options: PassOptions) => Promise<PassResult>;
  /** The place in the active document; undefined where context is switched off or cannot be had. */
  readonly target: () => ContextTarget | undefined | Promise<ContextTarget | undefined>;
  readonly schedule: (delayMs: number, task: () => void) => () => void;
  /** A document's prompt begins otherwise now: a good time to fill the KV cache. */
  readonly onChanged: (documentKey: string) => void;
}

export class ContextRefresher {
  private callOff: (() => void) | undefined;
  private pass: AbortController | undefined;
  /** Grows with every edit: a pass that began before one does not publish. */
  private edits = 0;
  private pending: RefreshReason | undefined;
  private furtherPasses = 0;

  constructor(private readonly parts: RefresherParts) {}

  switched(): void {
    this.furtherPasses = 0;
    this.schedule('soon', SOON_DELAY_MS);
  }

  /** What may be shown has changed: the pass that runs went by the old rules, so nothing of it may be published. */
  startOver(): void {
    this.pass?.abort();
    this.switched();
  }

  saved(): void {
    this.furtherPasses = 0;
    this.schedule('soon', SOON_DELAY_MS);
  }

  edited(): void {
    this.edits += 1;
    this.furtherPasses = 0;
    this.schedule('idle', IDLE_DELAY_MS);
  }

  cursorMoved(): void {
    // A pass that is due sooner anyway is not put off by the cursor's arrival in the new document.
    if (this.pending !== 'soon') this.schedule('idle', IDLE_DELAY_MS);
  }

  dispose(): void {
    this.callOff?.();
    this.pass?.abort();
  }

  private get isDue(): boolean {
    return this.pending !== undefined;
  }

  private schedule(reason: RefreshReason, delayMs: number): void {
    this.callOff?.();
    this.pending = reason;
    this.callOff = this.parts.schedule(delayMs, () => void this.refresh());
  }

  private async refresh(): Promise<void> {
    this.pending = undefined;
    this.callOff = undefined;
    this.pass?.abort();
    const pass = new AbortController();
    this.pass = pass;
    const editsAtStart = this.edits;
    const asked = this.parts.target();
    const target = asked instanceof Promise ? await asked : asked;
    if (!target || pass.signal.aborted) return;
    const mayPublish = (): boolean => this.edits === editsAtStart;
    const { changed, outOfTime } = await this.parts.collect(target, { signal: pass.signal, mayPublish });
    if (changed) this.parts.onChanged(target.documentKey);
    if (outOfTime && !this.isDue && this.pass === pass && this.furtherPasses < MAX_FURTHER_PASSES) {
      this.furtherPasses += 1;
      this.schedule('soon', SOON_DELAY_MS);
    }
  }
}
