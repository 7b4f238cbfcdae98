/**
 * Answers from a server that the user chose. Its tokens cannot be counted here: they are estimated by length, and that is said.
 */
import type { ChatModel } from '../protocol/chat';
import type { AnswerEnd, AnswerEvents, AnswerOptions, ChatBackend, ChatProfile, PromptMessage } from './chatBackend';
import { LARGE_GUIDE } from './modelGuide';
import { askServer, endpointOf, type ServerAddress, type ServerParts } from './openAiCompatibleChat';
import { estimateTokens } from './tokenCounts';

export interface ServerChatParts extends ServerParts {
  /** As the settings are now; the key is asked for when it is needed. */
  readonly address: () => Omit<ServerAddress, 'key'>;
  readonly key: () => Promise<string | undefined>;
}

/** Servers do not say; this is what the smaller ones have. */
const CONTEXT_TOKENS = 8_192;

const UNKNOWN_SERVER = 'chat server';

const PROFILE: ChatProfile = {
  contextTokens: CONTEXT_TOKENS,
  guide: LARGE_GUIDE,
  frame: { firstTokens: 8, exchangeTokens: 16 },
  estimated: true,
};

export class ServerChat implements ChatBackend {
  readonly profile = PROFILE;

  constructor(private readonly parts: ServerChatParts) {}

  get model(): ChatModel {
    const { url, model } = this.parts.address();
    try {
      const { host } = endpointOf({ url, key: undefined });
      return { name: model === '' ? host : `${model} (${host})`, state: 'ready', where: 'server' };
    } catch (thrown) {
      // Not the address: what is wrong with it may be a password in it.
      return {
        name: model === '' ? UNKNOWN_SERVER : model,
        state: 'failed',
        where: 'server',
        error: thrown instanceof Error ? thrown.message : String(thrown),
      };
    }
  }

  onDidChange(): () => void {
    // A server's state is only seen when it is asked.
    return () => undefined;
  }

  open(): Promise<ChatProfile> {
    return Promise.resolve(PROFILE);
  }

  countTokens(texts: readonly string[]): Promise<readonly number[]> {
    return Promise.resolve(texts.map(estimateTokens));
  }

  async answer(messages: readonly PromptMessage[], options: AnswerOptions, signal: AbortSignal, events: AnswerEvents): Promise<AnswerEnd> {
    const address = { ...this.parts.address(), key: await this.parts.key() };
    return askServer(address, messages, options, signal, events, this.parts);
  }
}
