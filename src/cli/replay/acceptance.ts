/**
 * What the typist takes of a suggestion: the whole when all of it is right, otherwise, by the policy, the right lines or words that it begins with.
 */
import type { Insertion, TypedDocument } from './typedDocument';

/** 'line' and 'word' stand for accepting line by line or word by word up to the first wrong one. */
export type AcceptPolicy = 'whole' | 'line' | 'word';

export const ACCEPT_POLICIES: readonly AcceptPolicy[] = ['whole', 'line', 'word'];

/** Nobody looks up for less: typing it is faster. */
export const MIN_ACCEPTED_KEYS = 3;

/** Undefined when there is nothing to take. */
export function takenOf(suggestion: Insertion, document: TypedDocument, policy: AcceptPolicy): Insertion | undefined {
  if (isWorthTaking(suggestion, document)) return suggestion;
  const beginnings = cutsOf(suggestion.text, policy).map((end) => ({ text: suggestion.text.slice(0, end), tailLength: 0 }));
  return beginnings.find((beginning) => isWorthTaking(beginning, document));
}

function isWorthTaking(insertion: Insertion, document: TypedDocument): boolean {
  return document.isRight(insertion) && document.keysIn(insertion.text.length) >= MIN_ACCEPTED_KEYS;
}

/** Where a part may end, longest first. */
function cutsOf(text: string, policy: AcceptPolicy): number[] {
  if (policy === 'whole') return [];
  const ends = policy === 'line' ? /\n/g : /\n|(?<=\w)(?=\W)|(?<=\W)(?=\w)/g;
  return [...text.matchAll(ends)].map((match) => match.index).reverse();
}
