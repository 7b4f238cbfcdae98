/**
 * Makes characters visible that would change how text looks without being seen: terminal escapes, other control characters, and
 * bidirectional overrides ("Trojan Source", CVE-2021-42574). What is copied or inserted stays as it was written.
 */

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const BIDI_CONTROL = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Unicode has a picture for each of the first 32 control characters, from U+2400 on. */
const FIRST_PICTURE = 0x2400;
const DELETE = 0x7f;
const PICTURE_OF_DELETE = '\u2421';

export function visibleText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(CONTROL, pictureOf)
    .replace(BIDI_CONTROL, (character) => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

function pictureOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code === DELETE) return PICTURE_OF_DELETE;
  return code < 0x20 ? String.fromCharCode(FIRST_PICTURE + code) : '\ufffd';
}
