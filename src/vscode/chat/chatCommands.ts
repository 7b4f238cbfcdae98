/**
 * The commands of chat: on the selection, on conversations, on a proposed change.
 */
import * as vscode from 'vscode';
import type { ChatHistory } from '../../chat/chatHistory';
import type { ChatSession } from '../../chat/chatSession';
import type { ChangeProposal } from './changeProposal';
import { askForServerKey } from './chatSettings';
import { CHAT_VIEW } from './chatViewProvider';
import { writeCommitMessageOf, type CommitMessageParts } from './commitMessage';
import { exportConversations } from './exportHistory';
import type { LastEditor } from '../lastEditor';
import { selectionMention } from './mentionSuggestions';

export interface ChatCommandParts extends CommitMessageParts {
  readonly session: ChatSession;
  readonly history: ChatHistory;
  readonly proposal: Pick<ChangeProposal, 'apply' | 'discard'>;
  readonly editors: Pick<LastEditor, 'editor'>;
  readonly secrets: vscode.SecretStorage;
}

const ON_SELECTION = ['explain', 'document', 'fix', 'tests'] as const;

export function registerChatCommands(parts: ChatCommandParts): vscode.Disposable[] {
  const { session, history, proposal } = parts;
  const register = (name: string, run: (...args: unknown[]) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`bamboo.chat.${name}`, run);
  return [
    ...ON_SELECTION.map((name) => register(name, () => askAboutSelection(name, parts))),
    register('open', showChat),
    register('new', async () => {
      session.newConversation();
      await showChat();
    }),
    register('commitMessage', (asked) => writeCommitMessageOf(asked, parts)),
    register('exportHistory', async () => {
      const sentence = await exportConversations(history.all);
      if (sentence !== undefined) void vscode.window.showInformationMessage(sentence);
    }),
    register('deleteHistory', () => deleteHistory(session, history)),
    register('setServerKey', () => askForServerKey(parts.secrets)),
    register('applyProposal', () => proposal.apply()),
    register('discardProposal', () => proposal.discard()),
  ];
}

/** The editor itself makes this command for the view. */
async function showChat(): Promise<void> {
  await vscode.commands.executeCommand(`${CHAT_VIEW}.focus`);
}

async function askAboutSelection(command: (typeof ON_SELECTION)[number], { session, editors }: ChatCommandParts): Promise<void> {
  // Before the view takes the focus.
  const mention = selectionMention(editors);
  await showChat();
  // The answer may take minutes; the command ends now.
  void session.send(`/${command}`, mention ? [mention] : []);
}

async function deleteHistory(session: ChatSession, history: ChatHistory): Promise<void> {
  const count = history.all.length;
  if (count === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There are no conversations.'));
    return;
  }
  const remove = vscode.l10n.t('Delete');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Delete all {0} conversations of this workspace?', count),
    { modal: true, detail: vscode.l10n.t('This cannot be undone. Export them first to keep them.') },
    remove,
  );
  if (answer === remove) await session.removeAll();
}
