/**
 * The settings that name models: which file serves what, and the folders to look into.
 * All three belong to the machine, so a workspace cannot set them; they are written for the user.
 */
import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ModelRole } from '../../model/modelCatalog';

const SECTION = 'bamboo';
const ROLE_SETTINGS: Readonly<Record<ModelRole, string>> = { completion: 'model.path', chat: 'chat.model.path' };
const FOLDERS_SETTING = 'models.folders';

/** A change of these changes the list. */
export const MODEL_SETTINGS: readonly string[] = [...Object.values(ROLE_SETTINGS), FOLDERS_SETTING].map((name) => `${SECTION}.${name}`);

/** Empty: the bundled model for completion, the model of completion for chat. */
export function rolePaths(): Record<ModelRole, string> {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const pathOf = (role: ModelRole): string => {
    const value = settings.get<unknown>(ROLE_SETTINGS[role]);
    return typeof value === 'string' ? value.trim() : '';
  };
  return { completion: pathOf('completion'), chat: pathOf('chat') };
}

/** An empty path goes back to the default. Rejects when the settings cannot be written. */
export async function setRolePath(role: ModelRole, modelPath: string): Promise<void> {
  const value = modelPath === '' ? undefined : modelPath;
  await vscode.workspace.getConfiguration(SECTION).update(ROLE_SETTINGS[role], value, vscode.ConfigurationTarget.Global);
}

/** Absolute paths; "~" is the home folder. Entries that are no paths are left out. */
export function modelFolders(): string[] {
  const value = vscode.workspace.getConfiguration(SECTION).get<unknown>(FOLDERS_SETTING);
  if (!Array.isArray(value)) return [];
  return value
    .filter((entry): entry is string => typeof entry === 'string' && entry.trim() !== '')
    .map((entry) => entry.trim().replace(/^~(?=$|[/\\])/, homedir()))
    .filter((entry) => path.isAbsolute(entry));
}
