/**
 * Pieces of other files that stand in front of the prompt, and how many of them fit.
 * Which pieces are worth showing is decided elsewhere (src/context/); here they only have a path, a text and an order.
 */

export interface PromptSnippet {
  /** Of the file it comes from, as the prompt's own path: relative to the workspace, forward slashes. */
  readonly path: string;
  /** Whole lines, newlines as "\n", without one at the end. */
  readonly text: string;
}

/** The marker, the line break after the path and the one after the text, with some room. */
const MARKER_TOKENS = 4;
/** As in tokenBudget: the low end of what code takes. */
const CHARS_PER_TOKEN = 3;
/** What is left of a snippet that was cut must still say something. */
const MIN_CUT_CHARS = 120;

/** An upper estimate: characters beyond ASCII may take a token for each of their bytes. */
export function estimatedTokens(snippet: PromptSnippet): number {
  return MARKER_TOKENS + textTokens(snippet.path) + textTokens(snippet.text);
}

/** The snippets that fit, in their order; the first that does not fit whole is cut at a line's end, if enough of it is left. */
export function fitSnippets(snippets: readonly PromptSnippet[], maxTokens: number): PromptSnippet[] {
  const fitted: PromptSnippet[] = [];
  let left = maxTokens;
  for (const snippet of snippets) {
    const tokens = estimatedTokens(snippet);
    if (tokens > left) {
      const cut = cutToTokens(snippet, left);
      return cut ? [...fitted, cut] : fitted;
    }
    fitted.push(snippet);
    left -= tokens;
  }
  return fitted;
}

/** The snippet's first whole lines within `maxTokens`; undefined when they are too few to be worth their place. */
export function cutToTokens(snippet: PromptSnippet, maxTokens: number): PromptSnippet | undefined {
  let left = maxTokens - MARKER_TOKENS - textTokens(snippet.path);
  let end = -1;
  for (let start = 0; start <= snippet.text.length; start = end + 1) {
    const lineEnd = snippet.text.indexOf('\n', start);
    const next = lineEnd < 0 ? snippet.text.length : lineEnd;
    left -= textTokens(snippet.text.slice(start, next + 1));
    if (left < 0) break;
    end = next;
  }
  return end < MIN_CUT_CHARS ? undefined : { path: snippet.path, text: snippet.text.slice(0, end) };
}

export function tokensOfSnippets(snippets: readonly PromptSnippet[]): number {
  return snippets.reduce((sum, snippet) => sum + estimatedTokens(snippet), 0);
}

function textTokens(text: string): number {
  let asciiChars = 0;
  let otherBytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) asciiChars += 1;
    // Each half of a surrogate pair stands for two of the character's four bytes.
    else otherBytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return Math.ceil(asciiChars / CHARS_PER_TOKEN) + otherBytes;
}
