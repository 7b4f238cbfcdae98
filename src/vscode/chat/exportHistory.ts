/**
 * Saves conversations where the user wants them, as Markdown or JSON by the name of the file.
 */
import * as vscode from 'vscode';
import type { StoredConversation } from '../../chat/conversation';
import { asJson, asMarkdown } from '../../chat/exportConversation';

/** The sentence says where, or why not; undefined when the user changed their mind. */
export async function exportConversations(conversations: readonly StoredConversation[]): Promise<string | undefined> {
  if (conversations.length === 0) return vscode.l10n.t('There are no conversations to export.');
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Chat'),
    filters: { Markdown: ['md'], JSON: ['json'] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, 'bamboo-chat.md') }),
  });
  if (!target) return undefined;
  const text = target.path.toLowerCase().endsWith('.json') ? asJson(conversations) : asMarkdown(conversations);
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  return vscode.l10n.t('Exported to {0}', target.fsPath);
}
