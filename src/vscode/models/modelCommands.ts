/**
 * What a user can do with models: add, choose, forget, find on disk. Nothing here deletes or moves a file.
 * Arguments come from the tree, from other views, or from nobody (the palette), and are checked.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { MODEL_ROLES, modelName, type ModelRole } from '../../model/modelCatalog';
import type { ModelExaminer } from '../../model/modelExaminer';
import { isModelFileName } from '../../model/modelFolderScan';
import { MAX_ADDED_MODELS, type AddedModels } from './addedModels';
import { modelDetail, roleIcon, type ModelRow } from './modelItems';
import type { ModelList } from './modelList';
import { rolePaths, setRolePath } from './modelSettings';
import { refusalOf, roleInWords } from './modelWords';

export const MODEL_COMMANDS = {
  add: 'bamboo.models.add',
  /** Argument: 'completion' or 'chat'; without one the user is asked. */
  choose: 'bamboo.models.choose',
  useForCompletion: 'bamboo.models.useForCompletion',
  useForChat: 'bamboo.models.useForChat',
  forget: 'bamboo.models.forget',
  reveal: 'bamboo.models.reveal',
  copyPath: 'bamboo.models.copyPath',
  refresh: 'bamboo.models.refresh',
} as const;

export interface ModelCommandParts {
  readonly list: ModelList;
  readonly added: AddedModels;
  readonly examiner: ModelExaminer;
  readonly refresh: () => void;
}

const CONFIRMATION_MS = 5000;

export function registerModelCommands(parts: ModelCommandParts): vscode.Disposable[] {
  const register = (command: string, run: (argument: unknown) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(command, run);
  const onRow = (run: (row: ModelRow) => Promise<void>) => (argument: unknown) => (isModelRow(argument) ? run(argument) : undefined);
  const use = (role: ModelRole) => (argument: unknown) =>
    isModelRow(argument) ? serve(parts, role, argument.entry.path) : chooseModel(parts, role);
  return [
    register(MODEL_COMMANDS.add, () => addModels(parts)),
    register(MODEL_COMMANDS.choose, (role) => chooseModel(parts, MODEL_ROLES.find((each) => each === role) ?? undefined)),
    register(MODEL_COMMANDS.useForCompletion, use('completion')),
    register(MODEL_COMMANDS.useForChat, use('chat')),
    register(
      MODEL_COMMANDS.forget,
      onRow((row) => forget(parts, row)),
    ),
    register(
      MODEL_COMMANDS.reveal,
      onRow(({ entry }) => reveal(entry.path)),
    ),
    register(
      MODEL_COMMANDS.copyPath,
      onRow(async ({ entry }) => vscode.env.clipboard.writeText(entry.path)),
    ),
  ];
}

/** Returns the paths that are listed now. */
async function addModels(parts: ModelCommandParts): Promise<string[]> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Add Model Files'),
    openLabel: vscode.l10n.t('Add'),
    canSelectMany: true,
    filters: { [vscode.l10n.t('GGUF models')]: ['gguf'] },
  });
  const listed: string[] = [];
  for (const uri of chosen ?? []) {
    const refusal = await addModel(parts, uri);
    if (refusal === undefined) listed.push(path.normalize(uri.fsPath));
    else void vscode.window.showErrorMessage(refusal);
  }
  if (listed.length > 0) parts.refresh();
  return listed;
}

/** Why not, if not. A file that cannot be loaded is listed all the same, with its problem. */
async function addModel({ added }: ModelCommandParts, uri: vscode.Uri): Promise<string | undefined> {
  if (uri.scheme !== 'file') {
    return vscode.l10n.t('{0} is not on the machine where Bamboo runs. Choose a file of that machine.', uri.toString(true));
  }
  if (!isModelFileName(uri.fsPath)) {
    return vscode.l10n.t('{0} is no model file. Choose a file whose name ends in .gguf.', uri.fsPath);
  }
  if (await added.add(path.normalize(uri.fsPath))) return undefined;
  return vscode.l10n.t('{0} models are listed already. Forget one of them first, or name its folder in the settings.', MAX_ADDED_MODELS);
}

interface RoleItem extends vscode.QuickPickItem {
  readonly role: ModelRole;
}

interface ModelPick extends vscode.QuickPickItem {
  /** Undefined: add one. */
  readonly path: string | undefined;
}

async function chooseModel(parts: ModelCommandParts, asked: ModelRole | undefined): Promise<void> {
  const role = asked ?? (await pickRole());
  if (role === undefined) return;
  const { rows } = await parts.list.read();
  const picks: ModelPick[] = rows.map((row) => ({
    label: `$(${row.entry.roles.includes(role) ? 'check' : roleIcon(row.entry)}) ${row.name}`,
    description: row.entry.roles.map(roleInWords).join(', '),
    detail: modelDetail(row),
    path: row.entry.path,
  }));
  picks.push({ label: vscode.l10n.t('$(add) Add a model file…'), path: undefined });
  const picked = await vscode.window.showQuickPick(picks, {
    title: role === 'completion' ? vscode.l10n.t('Model for Completion') : vscode.l10n.t('Model for Chat'),
    matchOnDetail: true,
  });
  if (picked === undefined) return;
  const [modelPath] = picked.path === undefined ? await addModels(parts) : [picked.path];
  if (modelPath !== undefined) await serve(parts, role, modelPath);
}

async function pickRole(): Promise<ModelRole | undefined> {
  const items: RoleItem[] = [
    { label: vscode.l10n.t('$(code) Model for completion'), role: 'completion' },
    { label: vscode.l10n.t('$(comment-discussion) Model for chat'), role: 'chat' },
  ];
  const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Choose a Model') });
  return picked?.role;
}

/** Writes the setting; what runs the model watches that. */
async function serve(parts: ModelCommandParts, role: ModelRole, modelPath: string): Promise<void> {
  const facts = await parts.examiner.examine(modelPath);
  const refusal = refusalOf(modelPath, facts, role);
  if (refusal !== undefined) {
    void vscode.window.showErrorMessage(refusal);
    return;
  }
  // The bundled model's path changes with every version of the extension: wherever the default means it, nothing is written.
  const isBundled = modelPath === (await parts.list.bundledPath());
  const isDefault = isBundled && (role === 'completion' || ['', modelPath].includes(rolePaths().completion));
  try {
    await setRolePath(role, isDefault ? '' : modelPath);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    void vscode.window.showErrorMessage(vscode.l10n.t('The choice could not be saved. Check your settings file. {0}', reason));
    return;
  }
  const message = vscode.l10n.t('Bamboo: {0} serves {1} now.', modelName(modelPath, facts), roleInWords(role));
  vscode.window.setStatusBarMessage(message, CONFIRMATION_MS);
}

/** From the list only; a model that still serves stays listed until another one is chosen. */
async function forget({ added, refresh }: ModelCommandParts, { entry, name }: ModelRow): Promise<void> {
  await added.forget(entry.path);
  refresh();
  const served = Object.values(rolePaths()).some((chosen) => chosen !== '' && path.normalize(chosen) === entry.path);
  if (!served) return;
  void vscode.window.showInformationMessage(vscode.l10n.t('{0} stays in the list while it serves. Choose another model first.', name));
}

async function reveal(modelPath: string): Promise<void> {
  const onThisDesktop = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  if (onThisDesktop) {
    await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(modelPath));
    return;
  }
  await vscode.env.clipboard.writeText(modelPath);
  void vscode.window.showInformationMessage(
    vscode.l10n.t('The file is on the machine where Bamboo runs, which has no file window here. Its path was copied: {0}', modelPath),
  );
}

function isModelRow(value: unknown): value is ModelRow {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'model' && 'entry' in value;
}
