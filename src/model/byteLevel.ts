/**
 * The byte-level alphabet of GPT-2 style tokenizers: each of the 256 bytes is written as one printable character.
 * Printable Latin-1 bytes stand for themselves; the others are numbered from U+0100 on, in byte order.
 * Source: openai/gpt-2, encoder.py, bytes_to_unicode.
 */

const FIRST_STAND_IN = 0x100;

function standsForItself(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
}

function byteByCharacter(): ReadonlyMap<number, number> {
  const map = new Map<number, number>();
  let standIns = 0;
  for (let byte = 0; byte < 256; byte++) {
    map.set(standsForItself(byte) ? byte : FIRST_STAND_IN + standIns++, byte);
  }
  return map;
}

const BYTE_BY_CHARACTER = byteByCharacter();

/** The 256 characters, in no particular order. */
export const BYTE_CHARACTERS: readonly string[] = [...BYTE_BY_CHARACTER.keys()].map((code) => String.fromCharCode(code));

/** Undefined when the token has a character outside the alphabet. */
export function bytesOfByteLevelToken(token: string): Uint8Array | undefined {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = BYTE_BY_CHARACTER.get(token.charCodeAt(i));
    if (byte === undefined) {
      return undefined;
    }
    bytes[i] = byte;
  }
  return bytes;
}
