/**
 * The commands of the palette and of the status bar item.
 */
import * as vscode from 'vscode';
import type { StatusView } from './statusModel';

export const COMMANDS = {
  toggle: 'bamboo.toggle',
  restartWorker: 'bamboo.restartWorker',
  showLog: 'bamboo.showLog',
  showStatus: 'bamboo.showStatus',
} as const;

export interface CommandParts {
  readonly toggleEnabled: () => Promise<boolean>;
  readonly restart: () => Promise<void>;
  readonly showLog: () => void;
  readonly view: () => StatusView;
}

export function registerCommands(parts: CommandParts): vscode.Disposable[] {
  return [
    vscode.commands.registerCommand(COMMANDS.toggle, parts.toggleEnabled),
    vscode.commands.registerCommand(COMMANDS.restartWorker, parts.restart),
    vscode.commands.registerCommand(COMMANDS.showLog, parts.showLog),
    vscode.commands.registerCommand(COMMANDS.showStatus, () => showStatus(parts.view())),
  ];
}

interface StatusAction extends vscode.QuickPickItem {
  readonly command: string;
  readonly arguments?: readonly unknown[];
}

/** The status in words, and what can be done about it. */
async function showStatus(view: StatusView): Promise<void> {
  const [sentence = '', ...details] = view.tooltip;
  const actions: StatusAction[] = [
    {
      label: view.state === 'disabled' ? '$(play) Switch completions on' : '$(circle-slash) Switch completions off',
      command: COMMANDS.toggle,
    },
    { label: '$(refresh) Restart the worker', command: COMMANDS.restartWorker },
    { label: '$(output) Show the log', command: COMMANDS.showLog },
    { label: '$(gear) Settings', command: 'workbench.action.openSettings', arguments: ['bamboo.'] },
  ];
  const picked = await vscode.window.showQuickPick(actions, { title: `Bamboo: ${sentence}`, placeHolder: details.join(' ') });
  if (picked) await vscode.commands.executeCommand(picked.command, ...(picked.arguments ?? []));
}
