/**
 * The command that shows the prompt of the active editor in a read-only document, because its user wants to know what the model sees.
 */
import * as vscode from 'vscode';
import { describePrompt } from '../../completion/promptDescription';
import type { PromptPlan } from '../../completion/promptPlan';

export const SHOW_CONTEXT_COMMAND = 'bamboo.showContext';
/** Named in triggerPolicy too: the document that shows a prompt gets no completions. */
const SCHEME = 'bamboo-context';
const SHOWN_URI = 'Prompt of the active editor.txt';

/** `planAt`: the prompt at a place; undefined where none would be made. */
export function registerShowContext(
  planAt: (document: vscode.TextDocument, position: vscode.Position) => Promise<PromptPlan | undefined>,
): vscode.Disposable[] {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const uri = vscode.Uri.from({ scheme: SCHEME, path: SHOWN_URI });
  let text = '';
  const show = async (): Promise<void> => {
    const editor = vscode.window.activeTextEditor;
    const plan = editor && (await planAt(editor.document, editor.selection.active));
    if (!plan) {
      void vscode.window.showInformationMessage(vscode.l10n.t('Place the cursor in a file that gets completions to see its prompt.'));
      return;
    }
    text = describePrompt(plan);
    changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), {
      preview: true,
      viewColumn: vscode.ViewColumn.Beside,
    });
  };
  const disposables = [
    { dispose: () => changed.dispose() },
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, { onDidChange: changed.event, provideTextDocumentContent: () => text }),
    vscode.commands.registerCommand(SHOW_CONTEXT_COMMAND, show),
  ];
  return disposables;
}
