/**
 * A declaration as other files see it, and how much of one is kept.
 */

export interface Signature {
  readonly name: string;
  /** Source lines, without the bodies of functions. */
  readonly text: string;
}

export const SIGNATURE_LIMITS = { perFile: 64, headerLines: 10, bodyLines: 20, members: 16, lineChars: 200 } as const;
