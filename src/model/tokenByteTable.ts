/**
 * The UTF-8 bytes of every token, in the form that the native library takes: for streaming text and stop strings.
 */

/** Token i is bytes[offsets[i] .. offsets[i + 1]]. Special tokens have none: they are not text. */
export interface TokenByteTable {
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array; // [vocabSize + 1]
}

export function joinTokenBytes(tokens: readonly Uint8Array[]): TokenByteTable {
  const offsets = new Uint32Array(tokens.length + 1);
  let total = 0;
  for (const [id, bytes] of tokens.entries()) {
    total += bytes.length;
    offsets[id + 1] = total;
  }
  const bytes = new Uint8Array(total);
  for (const [id, token] of tokens.entries()) {
    bytes.set(token, offsets[id]);
  }
  return { bytes, offsets };
}
