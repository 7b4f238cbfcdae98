/**
 * Chooses among the candidates of all collectors: best scores first within the token budget, one snippet a file, none of the document itself.
 * The result is ordered by how seldom it changes, as the prompt wants it.
 */
import { cutToTokens, estimatedTokens } from '../prompt/promptSnippet';
import { SNIPPET_TOKENS_LIMIT } from '../prompt/tokenBudget';
import { fileKey, sameFile, type FileRef } from './fileRef';
import { SNIPPET_SOURCES, type SnippetCandidate } from './snippetCandidate';

/** The bundled model was trained with one to three snippets; a fourth is for many short ones. */
export const RANK_LIMITS = { snippets: 4, tokens: SNIPPET_TOKENS_LIMIT, tokensOfOne: 260 } as const;

export interface RankedSnippet extends SnippetCandidate {
  /** What the prompt calls the file. */
  readonly path: string;
}

export function rankSnippets(candidates: readonly SnippetCandidate[], target: FileRef): RankedSnippet[] {
  const chosen: RankedSnippet[] = [];
  const files = new Set<string>();
  let tokens = 0;
  for (const candidate of candidates.toSorted((a, b) => b.score - a.score)) {
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

/** The same text under another name: a copied file, a symbol that an import shows already. */
function isRepeated({ text }: SnippetCandidate, chosen: readonly RankedSnippet[]): boolean {
  return chosen.some((other) => other.text.includes(text) || text.includes(other.text));
}

function byStability(a: RankedSnippet, b: RankedSnippet): number {
  const bySource = SNIPPET_SOURCES.indexOf(a.source) - SNIPPET_SOURCES.indexOf(b.source);
  return bySource === 0 ? Number(a.path > b.path) - Number(a.path < b.path) : bySource;
}
