/**
 * The words of code that tell what it is about: identifiers, without the keywords that every file has.
 */

const IDENTIFIER = /[\p{L}_$][\p{L}\p{N}_$]{2,}/gu;

const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'abstract and any array assert async await bool boolean break byte case catch char chan class const constructor continue def default defer del ' +
    'delete double elif else end enum error except export extends false final finally float fmt fn for from func function get global goto if impl ' +
    'implements import include instanceof int interface is lambda let long loop map match mod module move mut namespace new nil none not null number ' +
    'object of or override package pass private protected pub public raise range readonly ref return select self set short sizeof static str string ' +
    'struct super switch template this throw throws trait true try type typeof undefined union unknown unsafe use using val var virtual void where ' +
    'while with yield None True False Self String Error'
  ).split(' '),
);

export function identifiersOf(text: string): Set<string> {
  const found = new Set<string>();
  for (const [word] of text.matchAll(IDENTIFIER)) {
    if (!KEYWORDS.has(word)) found.add(word);
  }
  return found;
}
