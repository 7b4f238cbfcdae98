/**
 * The fill-in-the-middle form of the bundled model: suffix before prefix, so that typing only appends to the prompt.
 * Used through promptTemplate; it knows the special tokens and nothing about windows or budgets.
 */
import type { PromptPart } from '../protocol/engineProtocol';
import type { PromptSnippet } from './promptSnippet';

export interface FimText {
  readonly path: string;
  readonly prefix: string;
  readonly suffix: string;
  /** Pieces of other files, what changes least first. */
  readonly snippets?: readonly PromptSnippet[] | undefined;
}

/** Special tokens that end a middle: the first is the one the model was trained to emit, the others would start something else. */
export const MIDDLE_END_TOKENS: readonly string[] = [
  '<|endoftext|>',
  '<|file_sep|>',
  '<|fim_prefix|>',
  '<|fim_suffix|>',
  '<|fim_middle|>',
  '<|end|>',
  '<|user|>',
];

/** What ends a middle that nothing cleans afterwards. */
export const RAW_MIDDLE_END_TOKENS: readonly string[] = ['<|endoftext|>', '<|file_sep|>'];

export function fimPrompt(text: FimText): PromptPart[] {
  return [
    ...(text.snippets ?? []).flatMap(snippetParts),
    ...fileHeader(text.path),
    { kind: 'special', token: '<|fim_suffix|>' },
    { kind: 'text', text: text.suffix, trim: 'end' },
    { kind: 'special', token: '<|fim_prefix|>' },
    { kind: 'text', text: text.prefix, trim: 'start' },
    { kind: 'special', token: '<|fim_middle|>' },
  ];
}

/** How the model was trained to see that a file begins. */
export function fileHeader(path: string): PromptPart[] {
  return [
    { kind: 'special', token: '<|file_sep|>' },
    { kind: 'text', text: `${path}\n` },
  ];
}

/** A snippet goes whole or not at all; the last one, which changes first, is given up first. */
function snippetParts({ path, text }: PromptSnippet, index: number): PromptPart[] {
  const dropRank = index + 1;
  return [
    { kind: 'special', token: '<|file_sep|>', dropRank },
    { kind: 'text', text: `${path}\n${text}\n`, dropRank },
  ];
}
