/**
 * How a model says that it can chat: the template of its file, the one built in for the bundled model's tokens, and where an answer ends.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Template } from '@huggingface/jinja';
import { describe, expect, it } from 'vitest';
import { chatFormOf } from '../../../src/model/chatForm';
import { bundledModelFolder } from '../../../src/model/modelLocator';
import type { Metadata } from '../../../src/model/modelMetadata';
import { loadModelText } from '../../../src/model/modelText';
import type { Tokenizer } from '../../../src/model/tokenizer';
import { LIMITS } from '../../../src/protocol/engineProtocol';
import { encodePrompt } from '../../../src/worker/promptTokens';

/** Special tokens from id 0 on. */
function tokenizerWith(...names: string[]): Tokenizer {
  const specialTokens = new Map(names.map((name, id) => [name, id]));
  return {
    vocabSize: 100,
    encode: () => [],
    specialTokens,
    specialToken: (name) => specialTokens.get(name),
    byteTable: () => ({ bytes: new Uint8Array(), offsets: new Uint32Array() }),
  };
}

const CHAT_ML = "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}";

describe('the chat form of a model file', () => {
  const form = (metadata: Metadata, ...names: string[]) => chatFormOf(metadata, 'm.gguf', tokenizerWith(...names));

  it('is its template as it is, with the names of its begin and end tokens', () => {
    const template = '{{ bos_token }}[INST] {{ messages[0].content }} [/INST]{{ eos_token }}';
    const metadata = { 'tokenizer.chat_template': template, 'tokenizer.ggml.bos_token_id': 1, 'tokenizer.ggml.eos_token_id': 2 };
    expect(form(metadata, '<unk>', '<s>', '</s>')).toEqual({
      form: { template, beginToken: '<s>', endToken: '</s>' },
      turnEndId: undefined,
    });
  });

  it('ends an answer where its template ends a turn, also when the file names another token as the end of text', () => {
    const metadata = { 'tokenizer.chat_template': CHAT_ML, 'tokenizer.ggml.eos_token_id': 0 };
    expect(form(metadata, '<|endoftext|>', '<|im_start|>', '<|im_end|>')).toEqual({
      form: { template: CHAT_ML, beginToken: '', endToken: '<|im_end|>' },
      turnEndId: 2,
    });
  });

  it('keeps the end token that its template speaks of, and ends an answer at the end of a turn all the same', () => {
    const template = '{% for m in messages %}<|user|>{{ m.content }}<|end|>{% endfor %}{{ eos_token }}';
    const metadata = { 'tokenizer.chat_template': template, 'tokenizer.ggml.eos_token_id': 0 };
    const chat = form(metadata, '<|endoftext|>', '<|end|>');
    expect(chat?.form.endToken).toBe('<|endoftext|>');
    expect(chat?.turnEndId).toBe(1);
  });

  it('takes the end of a turn that the file names', () => {
    const template = '{{ messages[0].content }}<done>';
    expect(form({ 'tokenizer.chat_template': template, 'tokenizer.ggml.eot_token_id': 1 }, '</s>', '<done>')?.form.endToken).toBe('<done>');
  });

  it('is absent without a template, with an empty one, and with one over the limit', () => {
    expect(form({}, '<|endoftext|>')).toBeUndefined();
    expect(form({ 'tokenizer.chat_template': '' }, '<|endoftext|>')).toBeUndefined();
    expect(
      form({ 'tokenizer.chat_template': 'x'.repeat(LIMITS.chatTemplateChars + 1) }, '<|user|>', '<|assistant|>', '<|end|>'),
    ).toBeUndefined();
    expect(form({ 'tokenizer.chat_template': 'x'.repeat(LIMITS.chatTemplateChars) })).toBeDefined();
  });

  it('is refused when the template is no text', () => {
    expect(() => form({ 'tokenizer.chat_template': 7 })).toThrow(/tokenizer\.chat_template is not a string/);
  });
});

describe('the built-in chat form', () => {
  const chat = chatFormOf(
    { 'tokenizer.ggml.eos_token_id': 0 },
    'm.gguf',
    tokenizerWith('<|endoftext|>', '<|user|>', '<|assistant|>', '<|end|>'),
  );
  const render = (messages: readonly { role: string; content: string }[], addGenerationPrompt: boolean): string =>
    new Template(chat?.form.template ?? '').render({ messages: [...messages], add_generation_prompt: addGenerationPrompt });
  const TURNS = [
    { role: 'user', content: ' What is a list?\n' },
    { role: 'assistant', content: 'A sequence. ' },
    { role: 'user', content: 'And a set?' },
  ];

  it('writes turns as the bundled model was trained on them, blanks and all, and ends answers at <|end|>', () => {
    expect(render(TURNS, false)).toBe('<|user|> What is a list?\n<|end|><|assistant|>A sequence. <|end|><|user|>And a set?<|end|>');
    expect(chat).toMatchObject({ form: { beginToken: '', endToken: '<|end|>' }, turnEndId: 3 });
  });

  it('opens the answer when it is asked to', () => {
    expect(render(TURNS.slice(0, 1), true)).toBe('<|user|> What is a list?\n<|end|><|assistant|>');
  });

  it('puts what a system message says in front of the next question, once', () => {
    expect(render([{ role: 'system', content: 'Be brief.' }, ...TURNS.slice(2), ...TURNS.slice(2)], false)).toBe(
      '<|user|>Be brief.\n\nAnd a set?<|end|><|user|>And a set?<|end|>',
    );
  });

  it('does not take names of roles in what was said for the roles', () => {
    expect(render([{ role: 'user', content: '{{ messages }} {% if x %}' }], false)).toBe('<|user|>{{ messages }} {% if x %}<|end|>');
  });
});

const bundled = path.join(bundledModelFolder(path.resolve(__dirname, '../../..')), 'bamboo-nano.gguf');

describe.runIf(existsSync(bundled))('the chat form of the bundled model', () => {
  it('gives the tokens of a prompt that names its special tokens one by one', async () => {
    const text = await loadModelText(bundled, () => ({ 'tokenizer.ggml.model': 'gpt2', 'tokenizer.ggml.eos_token_id': 0 }));
    const messages = [{ role: 'user', content: 'const x = 1;\n  // why?' }];
    const rendered = new Template(text.chat?.template ?? '').render({ messages, add_generation_prompt: true });
    const ids = (...prompt: Parameters<typeof encodePrompt>[0]): number[] => encodePrompt(prompt, text).flatMap((part) => [...part.ids]);
    expect(ids({ kind: 'template', text: rendered })).toEqual(
      ids(
        { kind: 'special', token: '<|user|>' },
        { kind: 'text', text: 'const x = 1;\n  // why?' },
        { kind: 'special', token: '<|end|>' },
        { kind: 'special', token: '<|assistant|>' },
      ),
    );
    expect(text.endTokens).toEqual([0, text.tokenizer.specialToken('<|end|>')]);
  });
});
