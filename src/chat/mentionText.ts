/**
 * What a mention brings along, read when the question is sent, and how it is written into a prompt.
 */
import type { Mention } from '../protocol/chat';

export interface MentionText {
  /** As in Mention: "selection", "file:src/cart.ts". */
  readonly label: string;
  /** Relative to the workspace; absent where there is no file. */
  readonly path?: string;
  readonly languageId: string;
  readonly text: string;
  /** More text was there than is ever read. */
  readonly cut: boolean;
}

/** Undefined: it is not there any more, or must not be read. */
export type ReadMention = (mention: Mention, signal: AbortSignal) => Promise<MentionText | undefined>;

export const MENTION_LIMITS = { chars: 60_000 } as const;

export const CUT_MARK = '… (cut)';

const LANGUAGE_TAGS: Readonly<Record<string, string>> = {
  typescript: 'ts',
  typescriptreact: 'tsx',
  javascript: 'js',
  javascriptreact: 'jsx',
};

export function boundedMention(mention: Omit<MentionText, 'cut'>): MentionText {
  const cut = mention.text.length > MENTION_LIMITS.chars;
  return { ...mention, text: cut ? mention.text.slice(0, MENTION_LIMITS.chars) : mention.text, cut };
}

/** As a fenced block, with its path above it unless the model only knows bare blocks. */
export function mentionBlock(mention: MentionText, bare: boolean): string {
  const fence = fenceFor(mention.text);
  const body = mention.cut ? `${mention.text.trimEnd()}\n${CUT_MARK}` : mention.text.trimEnd();
  const tag = LANGUAGE_TAGS[mention.languageId] ?? mention.languageId;
  const block = `${fence}${tag}\n${body}\n${fence}`;
  return bare ? block : `${mention.path ?? `#${mention.label}`}:\n${block}`;
}

/** Longer than every fence inside, so that the text cannot end its own block. */
function fenceFor(text: string): string {
  const longest = Math.max(2, ...(text.match(/`{3,}/g) ?? []).map((run) => run.length));
  return '`'.repeat(longest + 1);
}
