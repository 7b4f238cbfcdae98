/**
 * Chooses among the candidates of all collectors: best scores first within the token budget, one snippet a file, none of the document itself.
 * The result is ordered by how seldom it changes, as the prompt wants it.
 */
import { cutToTokens, estimatedTokens } from '../prompt/promptSnippet';
import { SNIPPET_TOKENS_LIMIT } from '../prompt/tokenBudget';
import { fileKey, sameFile, type FileRef } from './fileRef';
import { SNIPPET_SOURCES, type SnippetCandidate, type SnippetSource } from './snippetCandidate';

/** The bundled model was trained with one to three snippets; a fourth is for many short ones. */
export const RANK_LIMITS = { snippets: 4, tokens: SNIPPET_TOKENS_LIMIT, tokensOfOne: 260, firstOfSource: 3 } as const;

export interface RankedSnippet extends SnippetCandidate {
  /** What the prompt calls the file. */
  readonly path: string;
}

export function rankSnippets(candidates: readonly SnippetCandidate[], target: FileRef): RankedSnippet[] {
  const chosen: RankedSnippet[] = [];
  const files = new Set<string>();
  let tokens = 0;
  for (const candidate of byScore(candidates)) {
    if (chosen.length >= RANK_LIMITS.snippets) break;
    if (sameFile(candidate.file, target) || files.has(fileKey(candidate.file)) || isRepeated(candidate, chosen)) continue;
    const room = Math.min(RANK_LIMITS.tokensOfOne, RANK_LIMITS.tokens - tokens);
    const whole = { path: candidate.file.path, text: candidate.text };
    const fitted = estimatedTokens(whole) <= room ? whole : cutToTokens(whole, room);
    if (!fitted) continue;
    chosen.push({ ...candidate, ...fitted });
    files.add(fileKey(candidate.file));
    tokens += estimatedTokens(fitted);
  }
  return chosen.sort(byStability);
}

/** Best first; what is beyond the first few of a source waits until the other sources had their turn, so that many imports leave room for an edit. */
function byScore(candidates: readonly SnippetCandidate[]): SnippetCandidate[] {
  const counts = new Map<SnippetSource, number>();
  const first: SnippetCandidate[] = [];
  const later: SnippetCandidate[] = [];
  for (const candidate of candidates.toSorted((a, b) => b.score - a.score)) {
    const count = counts.get(candidate.source) ?? 0;
    counts.set(candidate.source, count + 1);
    (count < RANK_LIMITS.firstOfSource ? first : later).push(candidate);
  }
  return [...first, ...later];
}

/** The same text under another name: a copied file, a symbol that an import shows already. */
function isRepeated({ text }: SnippetCandidate, chosen: readonly RankedSnippet[]): boolean {
  return chosen.some((other) => other.text.includes(text) || text.includes(other.text));
}

function byStability(a: RankedSnippet, b: RankedSnippet): number {
  const bySource = SNIPPET_SOURCES.indexOf(a.source) - SNIPPET_SOURCES.indexOf(b.source);
  return bySource === 0 ? Number(a.path > b.path) - Number(a.path < b.path) : bySource;
}
