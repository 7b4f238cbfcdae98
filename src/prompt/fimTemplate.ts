/**
 * The fill-in-the-middle form of the bundled model: suffix before prefix, so that typing only appends to the prompt.
 * Used by promptBuilder; it knows the special tokens and nothing about windows or budgets.
 */
import type { PromptPart } from '../protocol/engineProtocol';

export interface FimText {
  readonly path: string;
  readonly prefix: string;
  readonly suffix: string;
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

export function fimPrompt(text: FimText): PromptPart[] {
  return [
    { kind: 'special', token: '<|file_sep|>' },
    { kind: 'text', text: `${text.path}\n` },
    { kind: 'special', token: '<|fim_suffix|>' },
    { kind: 'text', text: text.suffix, trim: 'end' },
    { kind: 'special', token: '<|fim_prefix|>' },
    { kind: 'text', text: text.prefix, trim: 'start' },
    { kind: 'special', token: '<|fim_middle|>' },
  ];
}
