/**
 * Where the prompt's prefix begins: at a line start that stays put while the user types.
 * The start depends only on which step of characters the cursor stands in, so a keystroke or Enter appends to the prompt
 * and the KV cache of everything before the cursor stays valid until the next step.
 */

/** The window keeps between two thirds of its limit and the whole of it. */
const STEPS_PER_WINDOW = 3;

/**
 * Index in `prefix` of the first character to keep.
 * `cursorOffset` counts from the start of the document; `prefix` is the text just before it, at least `maxChars` of it if there is so much.
 */
export function prefixWindowStart(prefix: string, cursorOffset: number, maxChars: number): number {
  const windowOffset = cursorOffset - prefix.length;
  if (cursorOffset <= maxChars) return 0;
  const stepChars = Math.max(1, Math.floor(maxChars / STEPS_PER_WINDOW));
  const boundaryOffset = Math.ceil((cursorOffset - maxChars) / stepChars) * stepChars;
  const boundary = Math.min(Math.max(boundaryOffset - windowOffset, 0), prefix.length);
  const lineStart = prefix.indexOf('\n', boundary - 1) + 1;
  // A line longer than a step has no start worth waiting for: cut inside it rather than keep nothing.
  const usable = lineStart > 0 && lineStart - boundary <= stepChars;
  return usable ? lineStart : afterSurrogatePair(prefix, boundary);
}

function afterSurrogatePair(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff ? index + 1 : index;
}
