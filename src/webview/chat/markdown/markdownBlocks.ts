/**
 * Splits an answer into its top-level Markdown blocks without reading what is inside them.
 * Appended text can only change the last block, so a stream is split again from there on and every earlier block stays as it is.
 * A reference-style link whose address stands in another block is left as text.
 */
import MarkdownIt from 'markdown-it';

export interface MarkdownBlock {
  /** Where it begins in the text. */
  readonly start: number;
  readonly source: string;
}

export interface SplitText {
  readonly text: string;
  readonly blocks: readonly MarkdownBlock[];
}

const blockParser = new MarkdownIt({ html: false });
blockParser.core.ruler.enableOnly(['normalize', 'block']);

const LINE_BREAK = /\r\n?|\n/g;

export function splitBlocks(text: string, previous?: SplitText): SplitText {
  if (previous?.text === text) return previous;
  const last = previous !== undefined && text.startsWith(previous.text) ? previous.blocks.at(-1) : undefined;
  const finished = last === undefined ? [] : (previous?.blocks.slice(0, -1) ?? []);
  return { text, blocks: [...finished, ...blocksFrom(text, last?.start ?? 0)] };
}

function blocksFrom(text: string, from: number): MarkdownBlock[] {
  const rest = text.slice(from);
  if (rest.trim() === '') return [];
  const lineStarts = [0, ...Array.from(rest.matchAll(LINE_BREAK), (found) => found.index + found[0].length)];
  const starts = blockParser
    .parse(rest, {})
    .filter((token) => token.level === 0 && token.nesting >= 0 && token.map !== null)
    .map((token) => lineStarts[token.map?.[0] ?? 0] ?? rest.length);
  // Blank lines and link addresses before the first block belong to it.
  const cuts = [0, ...starts.slice(1), rest.length];
  return cuts.slice(0, -1).map((start, index) => ({ start: from + start, source: rest.slice(start, cuts[index + 1]) }));
}
