/**
 * From the text around the cursor to the prompt: windows that move rarely, a suffix that is frozen while it barely changes,
 * and the model's template. Pure; it neither tokenises nor asks the engine.
 */
import type { PromptPart } from '../protocol/engineProtocol';
import type { FrozenSuffixes } from './frozenSuffix';
import { prefixWindowStart } from './prefixWindow';
import type { PromptSnippet } from './promptSnippet';
import type { PromptTemplate } from './promptTemplate';
import type { TokenBudget } from './tokenBudget';

export interface PromptText {
  readonly documentKey: string;
  readonly path: string;
  /** Text before the cursor, newlines as "\n". */
  readonly prefix: string;
  /** Text after the cursor, newlines as "\n". */
  readonly suffix: string;
  /** Characters before the cursor in the whole document, newlines counted as one. */
  readonly cursorOffset: number;
  /** Generated text that continues the prefix; it does not move the window. */
  readonly accepted?: string;
  /** Pieces of other files that fit the budget (fitSnippets), what changes least first. */
  readonly snippets?: readonly PromptSnippet[];
}

/** A path longer than this is cut from its front: the file's name says more than its folders. */
const PATH_CHARS = 120;

/** The prompt's parts in the model's order. Without `suffixes` nothing is frozen. */
export function buildPrompt(text: PromptText, budget: TokenBudget, template: PromptTemplate, suffixes?: FrozenSuffixes): PromptPart[] {
  const window = suffixWindow(text.suffix, budget.suffixChars);
  const prefix = text.prefix.slice(prefixWindowStart(text.prefix, text.cursorOffset, budget.prefixChars));
  return template.middle({
    path: text.path.slice(-PATH_CHARS),
    suffix: suffixes ? suffixes.choose(text.documentKey, window) : window,
    prefix: prefix + (text.accepted ?? ''),
    snippets: text.snippets?.map(({ path, text: body }) => ({ path: path.slice(-PATH_CHARS), text: body })),
  });
}

/** The first `maxChars` characters, ended at a line break where there is one in the second half. */
function suffixWindow(suffix: string, maxChars: number): string {
  if (suffix.length <= maxChars) return suffix;
  const lineEnd = suffix.lastIndexOf('\n', maxChars - 1);
  if (lineEnd >= maxChars / 2) return suffix.slice(0, lineEnd + 1);
  const unit = suffix.charCodeAt(maxChars);
  const splitsPair = unit >= 0xdc00 && unit <= 0xdfff;
  return suffix.slice(0, splitsPair ? maxChars - 1 : maxChars);
}
