/**
 * Snippets from files that are likely to be about the same thing: open and recently viewed ones, and those in the same folder.
 * Of each, the window most like the lines around the cursor.
 */
import { extensionOf, fileKey, folderOf, nameOf, sameFile, type FileRef } from '../fileRef';
import type { IndexedText } from '../indexedText';
import { mostSimilarWindow } from '../similarWindow';
import { mustStop, type Collector, type CollectorInput, type SnippetCandidate, type SnippetSource } from '../snippetCandidate';

export const SIMILAR_LIMITS = { tabs: 10, siblings: 12 } as const;
/** A file that shares fewer identifiers than this says nothing about the place. */
const LEAST_SIMILARITY = 0.04;
/** A file that the user looked at counts for more than one that only lies nearby. */
const WEIGHTS: Readonly<Record<'tabs' | 'siblings', number>> = { tabs: 2.5, siblings: 2 };

/** `recent`: most recently viewed first, then other open ones. */
export function tabWindows(recent: () => readonly FileRef[]): Collector {
  return { source: 'tabs', collect: (input) => windowsOf(recent().slice(0, SIMILAR_LIMITS.tabs + 1), 'tabs', input) };
}

export const siblingWindows: Collector = {
  source: 'siblings',
  async collect(input) {
    const { root, path } = input.target.file;
    const folder = folderOf(path);
    const names = await input.files.list(root, folder);
    const ending = extensionOf(path);
    const siblings = names.filter((name) => extensionOf(name) === ending && name !== nameOf(path));
    const nearest = siblings.toSorted((a, b) => commonStart(b, nameOf(path)) - commonStart(a, nameOf(path)) || (a < b ? -1 : 1));
    const refs = nearest.slice(0, SIMILAR_LIMITS.siblings).map((name) => ({ root, path: folder === '' ? name : `${folder}/${name}` }));
    return windowsOf(refs, 'siblings', input);
  },
};

/** Below an import whose names are all used: its signatures say more than any window of the same file. */
const MOST_SCORE = 0.95;

async function windowsOf(refs: readonly FileRef[], source: 'tabs' | 'siblings', input: CollectorInput): Promise<SnippetCandidate[]> {
  const candidates: SnippetCandidate[] = [];
  const seen = new Set([fileKey(input.target.file)]);
  for (const ref of refs) {
    if (mustStop(input)) break;
    if (seen.has(fileKey(ref)) || sameFile(ref, input.target.file)) continue;
    seen.add(fileKey(ref));
    const file = await input.files.read(ref);
    if (!file || mustStop(input)) continue;
    const candidate = input.budget.run(() => windowOf(file, source, input.reference));
    if (candidate) candidates.push({ ...candidate, score: Math.min(candidate.score * WEIGHTS[source], MOST_SCORE) });
  }
  return candidates;
}

function windowOf(file: IndexedText, source: SnippetSource, reference: ReadonlySet<string>): SnippetCandidate | undefined {
  const window = mostSimilarWindow(file, reference);
  if (!window || window.score < LEAST_SIMILARITY) return undefined;
  const text = file.slice(window.start, window.end);
  return text === '' ? undefined : { source, file: file.ref, text, score: window.score };
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
