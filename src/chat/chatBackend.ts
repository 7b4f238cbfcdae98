/**
 * What answers questions, seen from the conversation: a model on this machine (localChat.ts) or a server (serverChat.ts).
 * Types only.
 */
import type { ChatModel } from '../protocol/chat';
import type { SamplingOptions } from '../protocol/engineProtocol';
import type { ModelGuide } from './modelGuide';

export interface PromptMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** What is known of a model once it runs. */
export interface ChatProfile {
  readonly contextTokens: number;
  readonly guide: ModelGuide;
  /** Tokens that the template writes around the first message, and around each further exchange. */
  readonly frame: { readonly firstTokens: number; readonly exchangeTokens: number };
  /** Counts are guesses by length. */
  readonly estimated: boolean;
}

export interface AnswerEvents {
  /** Text that was added. */
  readonly onText: (text: string, tokens: number) => void;
  /** The text begins anew. */
  readonly onRestart: () => void;
}

export interface AnswerEnd {
  readonly reason: 'end' | 'length' | 'cancelled';
  readonly generatedTokens?: number;
  readonly tokensPerSecond?: number;
}

export interface AnswerOptions {
  readonly maxTokens: number;
  readonly sampling: SamplingOptions;
}

export interface ChatBackend {
  readonly model: ChatModel;
  /** Undefined until `open` succeeded. */
  readonly profile: ChatProfile | undefined;
  /** Returns a function that ends the subscription. */
  onDidChange(listener: () => void): () => void;
  /** Starts what answers. Rejects with a sentence that says what to do. */
  open(signal: AbortSignal): Promise<ChatProfile>;
  /** Only after `open`. */
  countTokens(texts: readonly string[]): Promise<readonly number[]>;
  answer(messages: readonly PromptMessage[], options: AnswerOptions, signal: AbortSignal, events: AnswerEvents): Promise<AnswerEnd>;
}
