/**
 * The prompts of a model, chosen by what it can be asked: one set of functions for each form.
 * Which form a model has, the worker tells; windows and budgets are promptBuilder's.
 */
import type { PromptForm, PromptPart } from '../protocol/engineProtocol';
import { continuationPrompt, suffixStops } from './continuationTemplate';
import { fileHeader, fimPrompt, MIDDLE_END_TOKENS, RAW_MIDDLE_END_TOKENS, type FimText } from './fimTemplate';

export interface PromptTemplate {
  /** The parts of a prompt for what stands between prefix and suffix. */
  readonly middle: (text: FimText) => PromptPart[];
  /** Whether `middle` shows snippets of other files. */
  readonly takesSnippets: boolean;
  /** The beginning of a file, to be continued. */
  readonly file: (path: string, text: string) => PromptPart[];
  /** Names of special tokens that end a middle. */
  readonly endTokens: readonly string[];
  /** The same for a middle that is shown as it is: only what says that the file or the middle is complete. */
  readonly rawEndTokens: readonly string[];
  /** Texts that end a middle, because the suffix begins there. */
  readonly stopStrings: (suffix: string) => string[];
}

const TEMPLATES: Readonly<Record<PromptForm, PromptTemplate>> = {
  infilling: {
    middle: fimPrompt,
    takesSnippets: true,
    file: (path, text) => [...fileHeader(path), { kind: 'text', text, trim: 'start' }],
    endTokens: MIDDLE_END_TOKENS,
    rawEndTokens: RAW_MIDDLE_END_TOKENS,
    stopStrings: () => [],
  },
  continuation: {
    middle: continuationPrompt,
    // Nothing says that these models were trained on a file behind others, and a 7B reads 42 tokens a second on two cores (bench/results/decode-7b.md):
    // every new set of snippets would cost twelve seconds.
    takesSnippets: false,
    file: (path, text) => continuationPrompt({ path, prefix: text }),
    endTokens: [],
    rawEndTokens: [],
    stopStrings: suffixStops,
  },
};

export function promptTemplate(form: PromptForm): PromptTemplate {
  return TEMPLATES[form];
}
