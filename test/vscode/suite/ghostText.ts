/**
 * Opens documents and asks the editor itself for ghost text: the same commands a key press runs, no call into the extension.
 * Both commands resolve only when the editor is done (the provider has answered; the edit is in the document), so nothing here waits for time.
 */
import * as vscode from 'vscode';

export interface OpenedDocument {
  readonly document: vscode.TextDocument;
  /** Text before and after the cursor when the document was opened. */
  readonly prefix: string;
  readonly suffix: string;
}

/** Opens an untitled document with the cursor between prefix and suffix. */
export async function openDocument(language: string, prefix: string, suffix = ''): Promise<OpenedDocument> {
  const document = await vscode.workspace.openTextDocument({ language, content: prefix + suffix });
  return showWithCursor(document, prefix.length);
}

export async function showWithCursor(document: vscode.TextDocument, offset: number): Promise<OpenedDocument> {
  const editor = await vscode.window.showTextDocument(document);
  const cursor = document.positionAt(offset);
  editor.selection = new vscode.Selection(cursor, cursor);
  editor.revealRange(new vscode.Range(cursor, cursor));
  const text = document.getText();
  return { document, prefix: text.slice(0, offset), suffix: text.slice(offset) };
}

/** Shows ghost text at the cursor and accepts it; returns what was inserted, '' when the editor showed none. */
export async function acceptGhostText(opened: OpenedDocument): Promise<string> {
  await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
  const text = opened.document.getText();
  return text.slice(opened.prefix.length, text.length - opened.suffix.length);
}

/** Nothing that stood in the document before may change: an accepted suggestion only adds between prefix and suffix. */
export function keepsSurroundings({ document, prefix, suffix }: OpenedDocument): boolean {
  const text = document.getText();
  return text.length >= prefix.length + suffix.length && text.startsWith(prefix) && text.endsWith(suffix);
}

export async function closeAllEditors(): Promise<void> {
  while (vscode.window.activeTextEditor !== undefined) {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
}
