/**
 * Finds text that goes round in circles: a small model's commonest failure.
 */

/** A run of `words` words that comes at least `times` times in a row at the end is a loop. */
const LOOPS: readonly { words: number; times: number }[] = [
  { words: 1, times: 8 },
  { words: 2, times: 5 },
  { words: 4, times: 4 },
  { words: 8, times: 3 },
  { words: 16, times: 3 },
];

/** One to four letters that come eight times in a row: no word of any language. Digits and punctuation may (0x00000000, rulers). */
const LETTER_LOOP = /([\p{L}\p{M}]{1,4})\1{7,}/u;

/** Whether the text holds a loop of letters, or ends in a loop of up to 16 words. */
export function endsInLoop(text: string): boolean {
  if (LETTER_LOOP.test(text)) return true;
  // A run of one sign counts as one word: rulers are legitimate.
  const words = text.match(/[\p{L}\p{N}_]+|([^\s\p{L}\p{N}_])\1*/gu) ?? [];
  for (let period = 1; period <= 16; period += 1) {
    const limit = LOOPS.find((loop) => period <= loop.words);
    if (limit && repeatsAtEnd(words, period) >= limit.times) return true;
  }
  return false;
}

/** How many times the last `period` words stand in a row at the end, themselves included. */
function repeatsAtEnd(words: readonly string[], period: number): number {
  let index = words.length - 1 - period;
  while (index >= 0 && words[index] === words[index + period]) index -= 1;
  return Math.floor((words.length - 1 - index) / period);
}
