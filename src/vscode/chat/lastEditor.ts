/**
 * The text editor that the user worked in last: where code is inserted and selections come from while the focus is in the chat view.
 */
import * as vscode from 'vscode';

export class LastEditor {
  private last = vscode.window.activeTextEditor;
  private readonly subscription = vscode.window.onDidChangeActiveTextEditor((editor) => {
    // Undefined also means that the focus went to a view; the editor is still there.
    if (editor) this.last = editor;
  });

  get editor(): vscode.TextEditor | undefined {
    const editor = vscode.window.activeTextEditor ?? this.last;
    return editor && vscode.window.visibleTextEditors.includes(editor) ? editor : undefined;
  }

  dispose(): void {
    this.subscription.dispose();
  }
}
