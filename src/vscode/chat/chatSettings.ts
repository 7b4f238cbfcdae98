/**
 * The settings of chat as types; their defaults stand in package.json. None of them can be set by a workspace.
 */
import * as vscode from 'vscode';
import { SECTION } from '../settings';

export interface ChatSettings {
  /** Empty: the model of completion. */
  readonly modelPath: string;
  /** Empty: a model on this machine answers. */
  readonly serverUrl: string;
  /** Empty: the server chooses. */
  readonly serverModel: string;
}

const CHAT_ENGINE_SETTINGS: readonly string[] = ['bamboo.chat.model.path', 'bamboo.threads'];
const COMPLETION_MODEL_SETTING = 'bamboo.model.path';
export const CHAT_SETTINGS = 'bamboo.chat';
export const SERVER_KEY_SECRET = 'bamboo.chat.serverKey';

export function chatSettings(): ChatSettings {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const text = (name: string): string => {
    const value = settings.get<unknown>(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  return { modelPath: text('chat.model.path'), serverUrl: text('chat.server.url'), serverModel: text('chat.server.model') };
}

/** Whether a change ends the chat engine, so that the next question starts another. */
export function endsChatEngine(change: Pick<vscode.ConfigurationChangeEvent, 'affectsConfiguration'>): boolean {
  if (CHAT_ENGINE_SETTINGS.some((setting) => change.affectsConfiguration(setting))) return true;
  // Chat uses the model of completion only where it has none of its own.
  return change.affectsConfiguration(COMPLETION_MODEL_SETTING) && chatSettings().modelPath === '';
}

/** An empty answer removes the key; escape changes nothing. */
export async function askForServerKey(secrets: vscode.SecretStorage): Promise<void> {
  const key = await vscode.window.showInputBox({
    title: vscode.l10n.t('Bamboo: Key of the Chat Server'),
    prompt: vscode.l10n.t('Kept in the secret storage of the editor and sent to the chat server only. Leave it empty to remove the key.'),
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) return;
  if (key.trim() === '') await secrets.delete(SERVER_KEY_SECRET);
  else await secrets.store(SERVER_KEY_SECRET, key.trim());
}
