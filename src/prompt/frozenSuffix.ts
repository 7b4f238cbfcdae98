/**
 * Keeps, per document, the suffix that the last prompts used, while the real one barely differs from it.
 * In the prompt the suffix stands before the prefix: one changed token in it would throw away the KV cache of everything after.
 */

/** Words compared from the start of the suffix. */
const COMPARED_WORDS = 50;
/** Edits among those words below which the old suffix still serves. */
const MAX_CHANGED_SHARE = 0.1;

export class FrozenSuffixes {
  private readonly byDocument = new Map<string, string>();

  /** `capacity`: documents remembered; the least recently used goes first. */
  constructor(private readonly capacity = 8) {}

  /** The suffix to put into the prompt: the remembered one if `suffix` barely differs, else `suffix`, which is then remembered. */
  choose(documentKey: string, suffix: string): string {
    const remembered = this.byDocument.get(documentKey);
    const chosen = remembered !== undefined && barelyDiffers(remembered, suffix) ? remembered : suffix;
    this.byDocument.delete(documentKey);
    this.byDocument.set(documentKey, chosen);
    if (this.byDocument.size > this.capacity) {
      const oldest = this.byDocument.keys().next();
      if (oldest.done !== true) this.byDocument.delete(oldest.value);
    }
    return chosen;
  }
}

/** Same rest of the cursor's line, same first word after it, and few edits among the first words. */
export function barelyDiffers(remembered: string, current: string): boolean {
  if (remembered === current) return true;
  if (firstLine(remembered) !== firstLine(current)) return false;
  const before = firstWords(remembered);
  const after = firstWords(current);
  if (before.length === 0 || before[0] !== after[0]) return false;
  const longest = Math.max(before.length, after.length);
  return editDistance(before, after) < longest * MAX_CHANGED_SHARE;
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}

function firstWords(text: string): string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu)) {
    words.push(match[0]);
    if (words.length === COMPARED_WORDS) break;
  }
  return words;
}

/** Levenshtein distance over words; at most 50 × 50 steps. */
function editDistance(a: readonly string[], b: readonly string[]): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [row, word] of a.entries()) {
    const current = [row + 1];
    for (const [column, other] of b.entries()) {
      const replaced = (previous[column] ?? 0) + (word === other ? 0 : 1);
      const removed = (previous[column + 1] ?? 0) + 1;
      const added = (current[column] ?? 0) + 1;
      current.push(Math.min(replaced, removed, added));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
