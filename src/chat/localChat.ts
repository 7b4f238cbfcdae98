/**
 * Answers from a model on this machine: its chat template makes the prompt, its engine the text.
 */
import { decodedTokens } from '../protocol/decodedTokens';
import type { ChatModel } from '../protocol/chat';
import type { ChatForm, ModelDescription, StopReason } from '../protocol/engineProtocol';
import type { AnswerEnd, AnswerEvents, AnswerOptions, ChatBackend, ChatProfile, PromptMessage } from './chatBackend';
import type { ChatEngine, ChatEngineClient } from './chatEngine';
import { ChatError } from './chatError';
import { chatPrompt, templateText, turnStops } from './chatPrompt';
import { guideFor } from './modelGuide';

export interface LocalChatParts {
  readonly engine: Pick<ChatEngine, 'state' | 'onDidChange' | 'use'>;
  /** What chat would load, before it is loaded. */
  readonly modelName: () => string;
  /** Its description, where completion has loaded the same one already. */
  readonly expectedModel: () => ModelDescription | undefined;
  readonly nowMs: () => number;
}

const USER: PromptMessage = { role: 'user', content: '' };
const ASSISTANT: PromptMessage = { role: 'assistant', content: '' };

export class LocalChat implements ChatBackend {
  private known: { readonly model: ModelDescription; readonly profile: ChatProfile } | undefined;

  constructor(private readonly parts: LocalChatParts) {}

  get model(): ChatModel {
    const { state } = this.parts.engine;
    const model = state.model ?? this.parts.expectedModel();
    const limits = model && guideFor(model).limits;
    const described = {
      name: model?.name ?? this.parts.modelName(),
      where: 'this machine' as const,
      ...(limits !== undefined && { limits }),
    };
    if (state.kind === 'ready' && state.model) {
      if (!state.model.chat) return { ...described, state: 'no-chat', error: noTemplate(state.model.name).message };
      return { ...described, state: 'ready' };
    }
    const error = state.error?.message;
    const failed = state.kind === 'failed' || (state.kind === 'stopped' && error !== undefined);
    const kind = failed ? 'failed' : state.kind === 'stopped' ? 'off' : state.kind;
    return { ...described, state: kind === 'ready' ? 'starting' : kind, ...(failed && error !== undefined && { error }) };
  }

  get profile(): ChatProfile | undefined {
    const { model } = this.parts.engine.state;
    return model && this.known && isSame(model, this.known.model) ? this.known.profile : undefined;
  }

  onDidChange(listener: () => void): () => void {
    return this.parts.engine.onDidChange(listener);
  }

  open(): Promise<ChatProfile> {
    return this.parts.engine.use(async (client) => {
      const { model, form } = chatModelOf(client);
      if (this.known && isSame(this.known.model, model)) return this.known.profile;
      const profile = {
        contextTokens: model.contextLength,
        guide: guideFor(model),
        frame: await this.frameOf(form, client),
        estimated: false,
      };
      this.known = { model, profile };
      return profile;
    });
  }

  countTokens(texts: readonly string[]): Promise<readonly number[]> {
    return this.parts.engine.use((client) => client.countTokens(texts));
  }

  answer(messages: readonly PromptMessage[], options: AnswerOptions, signal: AbortSignal, events: AnswerEvents): Promise<AnswerEnd> {
    return this.parts.engine.use(async (client) => {
      const { form } = chatModelOf(client);
      const request = {
        priority: 'chat',
        prompt: chatPrompt(form, messages, this.parts.nowMs),
        maxTokens: options.maxTokens,
        maxPromptTokens: 0,
        sampling: options.sampling,
        stop: { strings: turnStops(form, this.parts.nowMs), tokens: form.endToken === '' ? [] : [form.endToken] },
      } as const;
      const result = await client.generate(request, signal, (tokens) => events.onText(tokens.text, tokens.tokens.length), events.onRestart);
      const { generatedTokens, decodeMs } = result.timings;
      const decoded = decodedTokens(result.stopReason, generatedTokens);
      return {
        reason: endOf(result.stopReason),
        generatedTokens,
        ...(decoded > 0 && decodeMs > 0 && { tokensPerSecond: (decoded / decodeMs) * 1000 }),
      };
    });
  }

  /** Names of special tokens are counted as text here, so the frame is rather too large than too small. */
  private async frameOf(form: ChatForm, client: ChatEngineClient): Promise<ChatProfile['frame']> {
    const { nowMs } = this.parts;
    const one = templateText(form, [USER], nowMs);
    const two = templateText(form, [USER, ASSISTANT, USER], nowMs);
    const [first = 0, both = 0] = await client.countTokens([one, two]);
    return { firstTokens: first + 2, exchangeTokens: Math.max(0, both - first) };
  }
}

/** A worker that was started afresh describes the same model anew. */
function isSame(a: ModelDescription, b: ModelDescription): boolean {
  return a.modelPath === b.modelPath && a.contextLength === b.contextLength;
}

function chatModelOf(client: ChatEngineClient): { readonly model: ModelDescription; readonly form: ChatForm } {
  const { model } = client.state;
  if (!model) throw new ChatError('no-answer', 'The chat model is not loaded any more. Ask again to start it.');
  if (!model.chat) throw noTemplate(model.name);
  return { model, form: model.chat };
}

function noTemplate(name: string): ChatError {
  return new ChatError(
    'no-chat-template',
    `${name} was not made for chat: its file has no chat template. Choose a model that has one, for example Bamboo-DPO-7B, with the setting "bamboo.chat.model.path".`,
  );
}

function endOf(reason: StopReason): AnswerEnd['reason'] {
  if (reason === 'cancelled') return 'cancelled';
  return reason === 'max-tokens' || reason === 'context-full' ? 'length' : 'end';
}
