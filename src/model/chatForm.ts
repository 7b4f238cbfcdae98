/**
 * How a conversation becomes a prompt for a model, and which token ends an answer: from the model's own metadata or, for models with the
 * bundled model's special tokens, built in. Nothing is rendered here.
 */
import { LIMITS, type ChatForm } from '../protocol/engineProtocol';
import { VocabularyKeys, type Metadata } from './modelMetadata';
import type { Tokenizer } from './tokenizer';

const TEMPLATE_KEY = 'tokenizer.chat_template';

/** Names under which models write "my turn is over", where that is not their end-of-text token. */
const TURN_END_TOKENS = ['<|im_end|>', '<|end|>', '<|eot_id|>', '<end_of_turn>', '<|end_of_turn|>'];

const NANO_TOKENS = ['<|user|>', '<|assistant|>', '<|end|>'];

/** The bundled model knows no system message: what it says goes in front of the next question. */
const NANO_TEMPLATE = [
  "{%- set told = namespace(text='') -%}",
  '{%- for message in messages -%}',
  "{%- if message['role'] == 'system' -%}{%- set told.text = told.text + message['content'] + '\\n\\n' -%}",
  "{%- elif message['role'] == 'user' -%}{{- '<|user|>' + told.text + message['content'] + '<|end|>' -}}{%- set told.text = '' -%}",
  "{%- elif message['role'] == 'assistant' -%}{{- '<|assistant|>' + message['content'] + '<|end|>' -}}",
  '{%- endif -%}',
  '{%- endfor -%}',
  "{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}",
].join('');

export interface ChatMetadata {
  readonly form: ChatForm;
  /** Ends an answer; undefined where only the model's end-of-text token does. */
  readonly turnEndId: number | undefined;
}

/**
 * Undefined for a model that has no template, or one longer than the limit. `metadata` holds the file's keys that begin with "tokenizer.".
 * Error: 'malformed-tokenizer' for a key of the wrong type.
 */
export function chatFormOf(metadata: Metadata, modelPath: string, tokenizer: Tokenizer): ChatMetadata | undefined {
  const keys = new VocabularyKeys(modelPath, metadata);
  const template = templateOf(keys, tokenizer);
  if (template === undefined) {
    return undefined;
  }
  const nameOf = (id: number | undefined): string | undefined =>
    [...tokenizer.specialTokens].find(([, specialId]) => specialId === id)?.[0];
  const tokenName = (key: string): string | undefined => nameOf(keys.tokenId(key, tokenizer.vocabSize));
  const endOfText = tokenName('tokenizer.ggml.eos_token_id') ?? '';
  const turnEnd = [tokenName('tokenizer.ggml.eot_token_id'), ...TURN_END_TOKENS].find(
    (name) => name !== undefined && template.includes(name) && tokenizer.specialTokens.has(name),
  );
  // A template that speaks of eos_token means the model's own.
  const endToken = turnEnd === undefined || template.includes('eos_token') ? endOfText : turnEnd;
  return {
    form: { template, beginToken: tokenName('tokenizer.ggml.bos_token_id') ?? '', endToken },
    turnEndId: turnEnd === undefined ? undefined : tokenizer.specialTokens.get(turnEnd),
  };
}

function templateOf(keys: VocabularyKeys, tokenizer: Tokenizer): string | undefined {
  const own = keys.text(TEMPLATE_KEY);
  if (own !== undefined) {
    return own !== '' && own.length <= LIMITS.chatTemplateChars ? own : undefined;
  }
  return NANO_TOKENS.every((name) => tokenizer.specialTokens.has(name)) ? NANO_TEMPLATE : undefined;
}
