/**
 * Messages and a model's chat template become prompt parts: what the template wrote is 'template' text, what people and models wrote is 'text'.
 * Contents never pass through the template, so nothing in them can stand for a special token or end a turn.
 */
import type { ChatForm, PromptPart } from '../protocol/engineProtocol';
import type { PromptMessage } from './chatBackend';
import { runTemplate, templateFailed } from './chatTemplate';

/** Private-use characters around a number stand for a content while the template runs. */
const OPEN = '\uE0B1';
const CLOSE = '\uE0B2';
const PLACEHOLDER = new RegExp(`${OPEN}(\\d+)${CLOSE}`, 'u');
const STOP_STRING_CHARS = 64;

/** The last message is the question. Throws ChatError 'template-failed'. */
export function chatPrompt(form: ChatForm, messages: readonly PromptMessage[], nowMs: () => number): PromptPart[] {
  const rendered = render(form, messages, nowMs);
  const parts: PromptPart[] = [];
  const seen = new Set<number>();
  rendered.split(PLACEHOLDER).forEach((piece, index) => {
    // split() with a group alternates: text, number, text, number, …
    const isContent = index % 2 === 1;
    if (!isContent) {
      if (piece !== '') parts.push({ kind: 'template', text: piece });
      return;
    }
    const content = messages[Number(piece)]?.content;
    if (content === undefined) throw templateFailed('it changes the messages');
    seen.add(Number(piece));
    if (content !== '') parts.push({ kind: 'text', text: content });
  });
  if (!seen.has(messages.length - 1)) throw templateFailed('it leaves the question out');
  if (parts.some((part) => part.kind === 'template' && (part.text.includes(OPEN) || part.text.includes(CLOSE)))) {
    throw templateFailed('it changes the messages');
  }
  return parts;
}

/** What the template writes, without any content: for counting. */
export function templateText(form: ChatForm, messages: readonly PromptMessage[], nowMs: () => number): string {
  return chatPrompt(form, messages, nowMs)
    .map((part) => (part.kind === 'template' ? part.text : ''))
    .join('');
}

/**
 * Strings that end an answer beside the model's end token: how the template ends an answer and begins a question.
 * Models whose end of turn is no special token would otherwise go on with a question of their own.
 */
export function turnStops(form: ChatForm, nowMs: () => number): string[] {
  const turns: PromptMessage[] = [
    { role: 'user', content: '' },
    { role: 'assistant', content: '' },
    { role: 'user', content: '' },
  ];
  const between = betweenTurns(render(form, turns, nowMs));
  const marks = between.match(/<[^<>\s]{1,40}>|\[\/?[A-Z]+\]|^###? \w+:?/gmu) ?? [];
  return [...new Set(marks)].filter((mark) => mark !== form.endToken && mark.length <= STOP_STRING_CHARS).slice(0, 4);
}

function betweenTurns(rendered: string): string {
  const answer = `${OPEN}1${CLOSE}`;
  const start = rendered.indexOf(answer);
  const end = rendered.indexOf(`${OPEN}2${CLOSE}`);
  return start < 0 || end < start ? '' : rendered.slice(start + answer.length, end);
}

function render(form: ChatForm, messages: readonly PromptMessage[], nowMs: () => number): string {
  if (form.template.includes(OPEN) || form.template.includes(CLOSE)) throw templateFailed('it contains private-use characters');
  const variables = {
    messages: messages.map(({ role }, index) => ({ role, content: `${OPEN}${index}${CLOSE}` })),
    add_generation_prompt: true,
    bos_token: form.beginToken,
    eos_token: form.endToken,
  };
  return runTemplate(form.template, variables, nowMs);
}
