/**
 * Chat templates as models have them.
 */
import type { ChatForm, PromptPart } from '../../../src/protocol/engineProtocol';

export const NANO_FORM: ChatForm = {
  template:
    "{% for m in messages %}{% if m['role'] == 'user' %}<|user|>{{ m['content'] }}<|end|>{% else %}<|assistant|>{{ m['content'] }}<|end|>{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}",
  beginToken: '',
  endToken: '<|end|>',
};

export const CHATML_FORM: ChatForm = {
  template:
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] | trim + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
  beginToken: '<s>',
  endToken: '</s>',
};

export const LLAMA2_FORM: ChatForm = {
  template:
    "{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate') }}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + message['content'].strip() + ' [/INST]' }}{% else %}{{ ' ' + message['content'].strip() + ' ' + eos_token }}{% endif %}{% endfor %}",
  beginToken: '<s>',
  endToken: '</s>',
};

/** Template text in ⟦⟧, so that it can be told from contents. */
export function written(parts: readonly PromptPart[]): string {
  return parts.map((part) => (part.kind === 'template' ? `⟦${part.text}⟧` : part.kind === 'text' ? part.text : part.token)).join('');
}
