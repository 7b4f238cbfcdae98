/**
 * The staged changes and the commit message box, through the API of VS Code's own git extension.
 */
import * as vscode from 'vscode';
import { ChatError } from '../../chat/chatError';
import { boundedMention, type MentionText } from '../../chat/mentionText';
import { withoutSecretFiles } from './secretDiff';

/** As much of the git extension's API (version 1) as is used. */
interface GitRepository {
  readonly rootUri: vscode.Uri;
  readonly inputBox: { value: string };
  readonly ui?: { readonly selected: boolean };
  diff(cached: boolean): Promise<string>;
}

interface GitExtension {
  getAPI(version: 1): { readonly repositories: readonly GitRepository[] };
}

/** The one of the source control view that asked, else of the active file, else the selected or first one. */
export async function gitRepository(asked?: vscode.Uri): Promise<GitRepository> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  if (!extension) throw noRepository();
  const exports = extension.isActive ? extension.exports : await extension.activate();
  const { repositories } = exports.getAPI(1);
  const file = vscode.window.activeTextEditor?.document.uri;
  const repository =
    repositories.find(({ rootUri }) => rootUri.toString() === asked?.toString()) ??
    repositories.find(({ rootUri }) => file?.path.startsWith(`${rootUri.path}/`)) ??
    repositories.find(({ ui }) => ui?.selected === true) ??
    repositories[0];
  if (!repository) throw noRepository();
  return repository;
}

/** Without the contents of files that may hold secrets. Throws ChatError 'needs-staged-changes'. */
export async function readStagedChanges(repository: GitRepository): Promise<MentionText> {
  const diff = await repository.diff(true);
  if (diff.trim() === '')
    throw new ChatError('needs-staged-changes', vscode.l10n.t('Nothing is staged. Stage the changes to commit first.'));
  return boundedMention({ label: 'staged changes', languageId: 'diff', text: withoutSecretFiles(diff) });
}

/** What stands in the box stays below. */
export function writeCommitMessage(repository: GitRepository, message: string): void {
  const old = repository.inputBox.value.trim();
  repository.inputBox.value = old === '' ? message : `${message}\n\n${old}`;
}

/** Models like to put messages into a code block. */
export function bareMessage(answer: string): string {
  const block = /^```[^\n]*\n([\s\S]*?)\n?```\s*$/.exec(answer.trim());
  return (block?.[1] ?? answer).trim();
}

function noRepository(): ChatError {
  return new ChatError('needs-staged-changes', vscode.l10n.t('There is no git repository open here. Open a folder that is one.'));
}
