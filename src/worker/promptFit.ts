/**
 * Joins the encoded parts of a prompt and cuts them to a token limit.
 * Cuts are made in steps of 64 tokens, so that a prompt that grows by one token keeps the same start for 64 keystrokes and the KV cache serves it.
 */
import { EngineError } from '../protocol/engineError';

export const TRIM_STEP_TOKENS = 64;

/** Share of the limit that parts cut at their end keep as long as others can give: some text after the cursor is worth more than the oldest text before it. */
const END_PARTS_SHARE = 0.25;

export interface EncodedPart {
  readonly ids: readonly number[];
  /** Which end may be cut; undefined: neither. */
  readonly trim: 'start' | 'end' | undefined;
  /** Parts with the highest number are left out first, before anything is cut. */
  readonly dropRank?: number | undefined;
}

/**
 * Parts with a drop rank are left out first, all of a rank together.
 * Parts that give at their end (what stands after the cursor) are cut first, down to a quarter of the limit; then those that give at their start
 * (what stands before it); then the rest of the former. Among equals, the earlier part gives first.
 * Error: 'context-overflow' when what may not be cut is too long by itself.
 */
export function fitPrompt(all: readonly EncodedPart[], maxTokens: number): Int32Array {
  const parts = dropRanks(all, maxTokens);
  const kept = parts.map((part) => part.ids.length);
  let excess = total(kept) - maxTokens;
  const give = (end: 'start' | 'end', keepTokens: number): void => {
    for (const [index, part] of parts.entries()) {
      if (part.trim === end) {
        const cut = cutOf(kept[index] ?? 0, excess, keepTokens);
        kept[index] = (kept[index] ?? 0) - cut;
        excess -= cut;
      }
    }
  };
  give('end', Math.floor(maxTokens * END_PARTS_SHARE));
  give('start', 0);
  give('end', 0);
  if (excess > 0) {
    throw new EngineError(
      'context-overflow',
      `The prompt is ${excess} tokens longer than the limit of ${maxTokens}. Shorten it or allow parts of it to be cut.`,
    );
  }
  return join(parts, kept);
}

function dropRanks(parts: readonly EncodedPart[], maxTokens: number): readonly EncodedPart[] {
  let left = parts;
  while (total(left.map((part) => part.ids.length)) > maxTokens) {
    const highest = Math.max(...left.map((part) => part.dropRank ?? -1));
    if (highest < 0) break;
    left = left.filter((part) => part.dropRank !== highest);
  }
  return left;
}

/** Whole steps, unless the part ends before; never below `keepTokens`. */
function cutOf(length: number, excess: number, keepTokens: number): number {
  const wanted = Math.ceil(Math.max(excess, 0) / TRIM_STEP_TOKENS) * TRIM_STEP_TOKENS;
  const spare = Math.max(length - keepTokens, 0);
  const allowed = keepTokens === 0 ? spare : Math.floor(spare / TRIM_STEP_TOKENS) * TRIM_STEP_TOKENS;
  return Math.min(wanted, allowed);
}

function join(parts: readonly EncodedPart[], kept: readonly number[]): Int32Array {
  const tokens = new Int32Array(total(kept));
  let at = 0;
  for (const [index, part] of parts.entries()) {
    const length = kept[index] ?? 0;
    const ids = part.trim === 'start' ? part.ids.slice(part.ids.length - length) : part.ids.slice(0, length);
    tokens.set(ids, at);
    at += length;
  }
  return tokens;
}

function total(lengths: readonly number[]): number {
  return lengths.reduce((sum, length) => sum + length, 0);
}
