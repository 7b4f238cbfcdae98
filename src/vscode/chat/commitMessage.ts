/**
 * Writes a commit message for the staged changes into the box of the source control view, outside of any conversation.
 */
import * as vscode from 'vscode';
import { askModel } from '../../chat/askModel';
import type { ChatBackend } from '../../chat/chatBackend';
import { sentenceOf } from '../../chat/chatError';
import { question } from '../../chat/conversation';
import { QuestionContexts } from '../../chat/questionContexts';
import { TokenCounts } from '../../chat/tokenCounts';
import { bareMessage, gitRepository, readStagedChanges, writeCommitMessage } from './stagedChanges';

export interface CommitMessageParts {
  readonly backend: () => ChatBackend;
  readonly endsInLoop: (text: string) => boolean;
  readonly newSeed: () => number;
}

/** `asked`: the source control view that the command was run in. A failure is shown as a message. */
export async function writeCommitMessageOf(asked: unknown, parts: CommitMessageParts): Promise<void> {
  try {
    const repository = await gitRepository(rootUriOf(asked));
    const title = vscode.l10n.t('Bamboo writes a commit message');
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (_progress, token) => {
        const abort = new AbortController();
        const listener = token.onCancellationRequested(() => abort.abort());
        const backend = parts.backend();
        const outcome = await askModel({
          backend,
          countsOf: (opened) => new TokenCounts((texts) => opened.countTokens(texts)),
          contexts: new QuestionContexts({
            readMention: () => Promise.resolve(undefined),
            readStagedChanges: () => readStagedChanges(repository),
          }),
          earlier: [],
          asked: question('commit', '/commit', []),
          anew: false,
          seed: parts.newSeed(),
          ...{ endsInLoop: parts.endsInLoop, signal: abort.signal },
          onTrimmed: () => undefined,
          onText: () => undefined,
          onRestart: () => undefined,
        }).finally(() => void listener.dispose());
        if (outcome.state === 'failed') throw new Error(outcome.error);
        if (outcome.state === 'complete') writeCommitMessage(repository, bareMessage(outcome.text));
      },
    );
  } catch (thrown) {
    void vscode.window.showWarningMessage(sentenceOf(thrown));
  }
}

function rootUriOf(asked: unknown): vscode.Uri | undefined {
  const { rootUri } = (asked ?? {}) as { readonly rootUri?: unknown };
  return rootUri instanceof vscode.Uri ? rootUri : undefined;
}
