/**
 * Where conversations are kept: with the workspace; without one, with the user.
 */
import * as vscode from 'vscode';
import type { ChatStorage } from '../../chat/chatHistory';

export function chatStorage(context: Pick<vscode.ExtensionContext, 'workspaceState' | 'globalState'>): ChatStorage {
  const memento = (): vscode.Memento => (vscode.workspace.workspaceFolders === undefined ? context.globalState : context.workspaceState);
  return {
    read: (key) => memento().get<unknown>(key),
    write: async (key, value) => memento().update(key, value),
  };
}
