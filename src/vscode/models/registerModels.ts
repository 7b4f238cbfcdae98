/**
 * Puts the models view and its commands together.
 */
import * as vscode from 'vscode';
import { ModelExaminer, type InspectFile } from '../../model/modelExaminer';
import { AddedModels } from './addedModels';
import { MODEL_COMMANDS, registerModelCommands } from './modelCommands';
import { ModelList, stampOf } from './modelList';
import { MODEL_SETTINGS } from './modelSettings';
import { ModelTree } from './modelTree';

export const MODELS_VIEW = 'bamboo.models';

export interface ModelsParts {
  readonly bundledModelPath: () => Promise<string>;
  readonly inspectFile: InspectFile;
  /** Files that could not be examined are tried again then. */
  readonly onDidChangeEngine: (listener: () => void) => void;
  readonly storage: vscode.Memento;
  readonly warn: (message: string) => void;
}

export function registerModels(parts: ModelsParts): { dispose(): unknown }[] {
  const { bundledModelPath, inspectFile, onDidChangeEngine, storage, warn } = parts;
  const added = new AddedModels(storage, warn);
  const examiner = new ModelExaminer({ inspectFile, stampOf });
  const list = new ModelList({ bundledModelPath, added, examiner, warn });
  const tree = new ModelTree(list, examiner, (message) => {
    view.message = message;
  });
  const view = vscode.window.createTreeView(MODELS_VIEW, { treeDataProvider: tree, showCollapseAll: true });
  const refresh = (): void => tree.refresh();
  onDidChangeEngine(() => tree.refreshUnread());
  return [
    tree,
    view,
    view.onDidChangeVisibility(({ visible }) => {
      if (visible) refresh();
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (MODEL_SETTINGS.some((setting) => change.affectsConfiguration(setting))) refresh();
    }),
    vscode.commands.registerCommand(MODEL_COMMANDS.refresh, () => {
      examiner.forgetProblems();
      refresh();
    }),
    ...registerModelCommands({ list, added, examiner, refresh }),
  ];
}
