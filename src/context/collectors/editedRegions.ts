/**
 * Snippets from the places in other files that the user edited last: what was just changed there is often needed here.
 */
import { fileKey, sameFile } from '../fileRef';
import type { EditedRegion } from '../recentEdits';
import { mustStop, similarity, type Collector, type SnippetCandidate } from '../snippetCandidate';

export const EDITED_LIMITS = { regions: 4, marginLines: 3, snippetLines: 24 } as const;
/** What the latest edit scores even where it shares no identifier with the place; older ones score less. */
const LATEST_SCORE = 0.4;
const SIMILARITY_WEIGHT = 2.5;

/** `recent`: most recent first. */
export function editedRegions(recent: () => readonly EditedRegion[]): Collector {
  return {
    source: 'edits',
    async collect(input) {
      const candidates: SnippetCandidate[] = [];
      const seen = new Set<string>();
      for (const region of recent()) {
        if (mustStop(input) || candidates.length >= EDITED_LIMITS.regions) break;
        if (sameFile(region.file, input.target.file) || seen.has(fileKey(region.file))) continue;
        seen.add(fileKey(region.file));
        const file = await input.files.read(region.file);
        const text = file?.slice(...shownLines(region)) ?? '';
        if (text === '') continue;
        const recency = LATEST_SCORE / seen.size;
        const score = input.budget.run(() => recency + SIMILARITY_WEIGHT * similarity(text, input.reference));
        candidates.push({ source: 'edits', file: region.file, text, score });
      }
      return candidates;
    },
  };
}

/** The region with some lines around it; of a long one its end, where the user was last. */
function shownLines({ start, end }: EditedRegion): [number, number] {
  const last = end + EDITED_LIMITS.marginLines;
  return [Math.max(start - EDITED_LIMITS.marginLines, last - EDITED_LIMITS.snippetLines), last];
}
