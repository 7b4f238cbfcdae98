/**
 * Whether a model can fill in a middle, which its special tokens tell.
 */
import type { PromptForm } from '../protocol/engineProtocol';
import type { Tokenizer } from './tokenizer';

/** What the infilling prompt is made of (prompt/fimTemplate). */
const INFILLING_TOKENS = ['<|file_sep|>', '<|fim_suffix|>', '<|fim_prefix|>', '<|fim_middle|>'];

export function promptFormOf(tokenizer: Tokenizer): PromptForm {
  return INFILLING_TOKENS.every((name) => tokenizer.specialToken(name) !== undefined) ? 'infilling' : 'continuation';
}
