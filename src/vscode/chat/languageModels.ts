/**
 * Offers the chat model to VS Code's own chat and to other extensions, where the editor knows language model providers.
 */
import * as vscode from 'vscode';
import type { ChatBackend, PromptMessage } from '../../chat/chatBackend';
import { estimateTokens } from '../../chat/tokenCounts';

const VENDOR = 'bamboo';

/** Of a model that does not run yet: the bundled one's. */
const UNKNOWN_CONTEXT_TOKENS = 2048;

type Registration = (vendor: string, provider: vscode.LanguageModelChatProvider) => vscode.Disposable;

/** Nothing where the editor has no such thing: older versions, and forks. */
export function registerLanguageModels(backend: () => ChatBackend): vscode.Disposable[] {
  const { registerLanguageModelChatProvider: register } = ((vscode as { lm?: unknown }).lm ?? {}) as {
    registerLanguageModelChatProvider?: Registration;
  };
  return register ? [register(VENDOR, new BambooLanguageModels(backend))] : [];
}

export class BambooLanguageModels implements vscode.LanguageModelChatProvider {
  constructor(private readonly backend: () => ChatBackend) {}

  provideLanguageModelChatInformation(): vscode.LanguageModelChatInformation[] {
    const { model, profile } = this.backend();
    if (model.state === 'failed' || model.state === 'no-chat') return [];
    const contextTokens = profile?.contextTokens ?? UNKNOWN_CONTEXT_TOKENS;
    const maxOutputTokens = Math.min(profile?.guide.maxAnswerTokens ?? 1024, Math.floor(contextTokens / 3));
    return [
      {
        id: 'bamboo',
        name: `Bamboo: ${model.name}`,
        family: 'bamboo',
        version: '1',
        maxInputTokens: contextTokens - maxOutputTokens,
        maxOutputTokens,
        ...(model.limits !== undefined && { tooltip: model.limits }),
        capabilities: {},
      },
    ];
  }

  async provideLanguageModelChatResponse(
    _model: vscode.LanguageModelChatInformation,
    messages: readonly vscode.LanguageModelChatRequestMessage[],
    _options: vscode.ProvideLanguageModelChatResponseOptions,
    progress: vscode.Progress<vscode.LanguageModelResponsePart>,
    token: vscode.CancellationToken,
  ): Promise<void> {
    const abort = new AbortController();
    if (token.isCancellationRequested) return;
    const listener = token.onCancellationRequested(() => abort.abort());
    const backend = this.backend();
    let restarted = false as boolean;
    try {
      const { guide, contextTokens } = await backend.open(abort.signal);
      const maxTokens = Math.min(guide.maxAnswerTokens, Math.floor(contextTokens / 3));
      await backend.answer(promptOf(messages), { maxTokens, sampling: guide.sampling }, abort.signal, {
        onText: (text) => progress.report(new vscode.LanguageModelTextPart(text)),
        onRestart: () => {
          restarted = true;
          abort.abort();
        },
      });
      // What was reported cannot be taken back, so the text cannot begin anew.
      if (restarted) throw new Error(vscode.l10n.t('The worker process ended unexpectedly while it answered. Ask again.'));
    } finally {
      listener.dispose();
    }
  }

  async provideTokenCount(
    _model: vscode.LanguageModelChatInformation,
    text: string | vscode.LanguageModelChatRequestMessage,
  ): Promise<number> {
    const content = typeof text === 'string' ? text : textOf(text);
    const backend = this.backend();
    // Counting is no reason to start a model.
    if (backend.model.state !== 'ready' || !backend.profile) return estimateTokens(content);
    return (await backend.countTokens([content]))[0] ?? estimateTokens(content);
  }
}

/** Neighbours of one role become one message: chat templates want them to alternate. */
function promptOf(messages: readonly vscode.LanguageModelChatRequestMessage[]): PromptMessage[] {
  const prompt: PromptMessage[] = [];
  for (const message of messages) {
    const role = message.role === vscode.LanguageModelChatMessageRole.Assistant ? 'assistant' : 'user';
    const content = textOf(message);
    const last = prompt.at(-1);
    if (last?.role === role) prompt[prompt.length - 1] = { role, content: `${last.content}\n\n${content}` };
    else prompt.push({ role, content });
  }
  return prompt;
}

function textOf(message: vscode.LanguageModelChatRequestMessage): string {
  return message.content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}
