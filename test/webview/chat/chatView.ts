/**
 * The chat view in the simulated browser, with a host that only records: what tests of the view begin with.
 * Uses fake timers, so that a frame and a delay pass when the test says so.
 */
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { vi } from 'vitest';
import type { ChatMessage, ChatState, ChatToHost, ChatToView, Conversation } from '../../../src/protocol/chat';
import { startChat } from '../../../src/webview/chat/startChat';
import { isChatToView } from '../../../src/webview/chat/toViewGuard';

export interface ChatView {
  readonly root: HTMLElement;
  readonly sent: ChatToHost[];
  readonly saved: unknown[];
  /** As the host would post it: checked, then drawn with the next frame. */
  receive(...messages: unknown[]): void;
  pass(ms: number): void;
  find(selector: string): HTMLElement;
  /** By its accessible name. */
  button(name: string): HTMLButtonElement;
  click(element: Element): void;
  /** Returns whether the browser would go on with the key. */
  press(element: Element, key: string, more?: KeyboardEventInit): boolean;
  /** Into the composer. */
  type(text: string): void;
  fill(field: HTMLElement, text: string): void;
  readonly composer: HTMLTextAreaElement;
  /** What was sent since the last look, without drafts and mention queries. */
  takeSent(): ChatToHost[];
  close(): void;
}

export const FRAME_MS = 20;

export function openChatView(savedState?: unknown): ChatView {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  const root = document.createElement('div');
  document.body.replaceChildren(root);
  const sent: ChatToHost[] = [];
  const saved: unknown[] = [];
  let listener: (message: ChatToView) => void = () => undefined;
  startChat(
    {
      send: (message) => sent.push(message),
      onMessage: (given) => (listener = given),
      savedState,
      saveState: (state) => saved.push(state),
    },
    root,
  );
  const during = (action: () => void): void => {
    void act(action);
  };
  const pass = (ms: number): void => during(() => void vi.advanceTimersByTime(ms));
  const find = (selector: string): HTMLElement => {
    const found = root.querySelector<HTMLElement>(selector);
    if (found === null) throw new Error(`Nothing matches ${selector}.`);
    return found;
  };
  const view: ChatView = {
    root,
    sent,
    saved,
    receive: (...messages) => {
      during(() => {
        for (const message of messages) if (isChatToView(message)) listener(message);
        vi.advanceTimersByTime(FRAME_MS);
      });
    },
    pass,
    find,
    button: (name) => {
      const found = [...root.querySelectorAll('button')].find(
        (button) => (button.getAttribute('aria-label') ?? button.textContent) === name,
      );
      if (found === undefined) throw new Error(`No button is called ${name}.`);
      return found;
    },
    click: (element) => during(() => (element as HTMLElement).click()),
    press: (element, key, more = {}) => {
      let goesOn = true;
      during(() => {
        goesOn = element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
      });
      return goesOn;
    },
    type: (text) => view.fill(view.composer, text),
    fill: (field, text) => {
      during(() => {
        const box = field as HTMLTextAreaElement;
        box.focus();
        box.value = text;
        box.setSelectionRange(text.length, text.length);
        box.dispatchEvent(new InputEvent('input', { bubbles: true }));
      });
    },
    get composer() {
      return find('.composer-field') as HTMLTextAreaElement;
    },
    takeSent: () => sent.splice(0).filter(({ type }) => type !== 'draft' && type !== 'mentionQuery' && type !== 'ready'),
    close: () => {
      render(null, root);
      vi.useRealTimers();
    },
  };
  return view;
}

export function question(id: string, text: string, more: Partial<ChatMessage> = {}): ChatMessage {
  return { id, role: 'user', text, mentions: [], state: 'complete', trimmed: false, ...more };
}

export function answer(id: string, text: string, more: Partial<ChatMessage> = {}): ChatMessage {
  return { ...question(id, text), role: 'assistant', ...more };
}

export function conversation(...messages: ChatMessage[]): Conversation {
  return { id: 'c1', title: 'A conversation', messages };
}

const BASE_STATE: ChatState = {
  model: { name: 'bamboo-nano', state: 'ready', where: 'this machine', limits: 'Short functions from a description.' },
  conversations: [
    { id: 'c1', title: 'A conversation', updatedAtMs: 1_799_999_000_000, messages: 2 },
    { id: 'c2', title: 'Another one', updatedAtMs: 1_799_900_000_000, messages: 4 },
    { id: 'c3', title: 'The oldest', updatedAtMs: 1_700_000_000_000, messages: 6 },
  ],
  current: conversation(),
  budget: { available: 1500, parts: [{ label: 'your text', tokens: 12 }], trimmedMessages: 0, cutMentions: [] },
};

export function state(more: Partial<ChatState> = {}): ChatToView {
  return { type: 'state', state: { ...BASE_STATE, ...more } };
}
