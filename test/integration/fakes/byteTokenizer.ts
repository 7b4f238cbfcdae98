/**
 * A tokenizer.json with one token per byte and special tokens behind them; the fake library takes those as orders.
 */

/** Ids 256, 257, … in this order; test/integration/fakes/addon.js has the same list. */
const ORDERS = ['<|crash|>', '<|crash_once|>', '<|crash_late_once|>', '<|endless|>', '<|block|>', '<|fail|>'] as const;
export type Order = (typeof ORDERS)[number];

export function byteTokenizerJson(): string {
  const vocab = Object.fromEntries(byteAlphabet().map((character, byte) => [character, byte]));
  return JSON.stringify({
    version: '1.0',
    added_tokens: ORDERS.map((content, index) => ({ id: 256 + index, content, special: true })),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab, merges: [] },
  });
}

/** GPT-2's bytes_to_unicode, written out once more so that the tests do not lean on the code under test. */
export function byteAlphabet(): string[] {
  const printable = (byte: number): boolean => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
}
