/**
 * One pass from a place in a document to the snippets of its prompt: collect, rank, publish, log.
 * Off the hot path: it runs on events, its work on this thread is bounded, and keystrokes read only what was published.
 */
import { identifiersOf } from './identifiers';
import type { ProjectFiles } from './projectFiles';
import { rankSnippets, type RankedSnippet } from './rankSnippets';
import { mustStop, type Collector, type ContextTarget, type SnippetCandidate } from './snippetCandidate';
import type { SnippetSets } from './snippetSets';
import { WorkBudget } from './workBudget';

/** Time of the extension host's thread that one pass may take; what is not reached is cheaper in the next pass, which finds texts indexed. */
export const WORK_LIMIT_MS = 20;

export interface CollectionParts {
  /** In the order in which they get the time. */
  readonly collectors: readonly Collector[];
  readonly files: ProjectFiles;
  readonly sets: SnippetSets;
  readonly now: () => number;
  /** Paths and sizes only, never text. */
  readonly debug: (message: string) => void;
}

export interface PassOptions {
  readonly signal: AbortSignal;
  /** Asked after collecting: what was found for a document that is being typed in waits for the next pause. */
  readonly mayPublish: () => boolean;
}

export interface PassResult {
  /** The document's prompt begins otherwise now. */
  readonly changed: boolean;
  /** Something was left to look at: another pass would get further, because it finds texts indexed. */
  readonly outOfTime: boolean;
}

export class ContextCollection {
  constructor(private readonly parts: CollectionParts) {}

  /** Never rejects: a collector that fails is logged and left out. */
  async refresh(target: ContextTarget, { signal, mayPublish }: PassOptions): Promise<PassResult> {
    const { sets, now } = this.parts;
    const startMs = now();
    const budget = new WorkBudget(now, WORK_LIMIT_MS);
    const candidates = await this.collect(target, budget, signal);
    if (signal.aborted || !mayPublish()) return { changed: false, outOfTime: false };
    const outOfTime = budget.exhausted;
    const ranked = budget.run(() => rankSnippets(candidates, target.file));
    const changed = sets.publish(target.documentKey, ranked);
    const verdict = changed ? 'new' : 'kept as it was';
    const times = `${budget.usedMs.toFixed(1)} ms of work in ${(now() - startMs).toFixed(0)} ms`;
    this.parts.debug(`Context of ${target.file.path} (${verdict}; ${times}): ${describe(ranked, candidates.length)}`);
    return { changed, outOfTime };
  }

  private async collect(target: ContextTarget, budget: WorkBudget, signal: AbortSignal): Promise<SnippetCandidate[]> {
    const { collectors, files, debug } = this.parts;
    const reference = budget.run(() => identifiersOf(target.nearby));
    const input = { target, reference, files, budget, signal };
    const candidates: SnippetCandidate[] = [];
    for (const { source, collect } of collectors) {
      if (mustStop(input)) {
        debug(`Context of ${target.file.path}: no time left for ${source}.`);
        break;
      }
      try {
        candidates.push(...(await collect(input)));
      } catch (error) {
        debug(`Context of ${target.file.path}: ${source} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return candidates;
  }
}

function describe(ranked: readonly RankedSnippet[], candidates: number): string {
  if (ranked.length === 0) return `nothing among ${candidates} candidates`;
  const list = ranked.map(({ source, path, text, score }) => `${path} (${source}, ${text.length} characters, score ${score.toFixed(2)})`);
  return `${list.join('; ')}; of ${candidates} candidates`;
}
