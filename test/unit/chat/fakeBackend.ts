/**
 * A chat model whose answers the test gives by hand. A token is a word.
 */
import type { AnswerEvents, AnswerOptions, ChatBackend, ChatProfile, PromptMessage } from '../../../src/chat/chatBackend';
import { LARGE_GUIDE } from '../../../src/chat/modelGuide';
import type { ChatModel } from '../../../src/protocol/chat';

export interface OpenAnswer {
  readonly messages: readonly PromptMessage[];
  readonly options: AnswerOptions;
  readonly signal: AbortSignal;
  /** Tokens arrive. */
  stream(text: string): void;
  /** The worker was started afresh. */
  restart(): void;
  finish(reason?: 'end' | 'length'): void;
  fail(sentence: string): void;
}

export interface FakeBackend extends ChatBackend {
  readonly answers: OpenAnswer[];
  become(model: Partial<ChatModel>): void;
}

export const PROFILE: ChatProfile = {
  contextTokens: 300,
  guide: LARGE_GUIDE,
  frame: { firstTokens: 0, exchangeTokens: 0 },
  estimated: false,
};

export function countWords(texts: readonly string[]): number[] {
  return texts.map((text) => text.split(/\s+/).filter(Boolean).length);
}

export function fakeBackend(profile: ChatProfile = PROFILE, open: () => Promise<void> = () => Promise.resolve()): FakeBackend {
  const answers: OpenAnswer[] = [];
  const listeners = new Set<() => void>();
  let model: ChatModel = { name: 'fake', state: 'ready', where: 'this machine' };
  return {
    answers,
    become(change) {
      model = { ...model, ...change };
      for (const listener of listeners) listener();
    },
    get model() {
      return model;
    },
    get profile() {
      return model.state === 'ready' ? profile : undefined;
    },
    onDidChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open: async () => {
      await open();
      return profile;
    },
    countTokens: (texts) => Promise.resolve(countWords(texts)),
    answer: (messages, options, signal, events: AnswerEvents) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => resolve({ reason: 'cancelled' }));
        answers.push({
          ...{ messages, options, signal },
          stream: (text) => events.onText(text, 1),
          restart: () => events.onRestart(),
          finish: (reason = 'end') => resolve({ reason, generatedTokens: 3, tokensPerSecond: 12 }),
          fail: (sentence) => reject(new Error(sentence)),
        });
      }),
  };
}
