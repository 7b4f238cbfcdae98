/**
 * The text editor that the user worked in last: what commands of the sidebar mean while the focus is in one of its views.
 */
import * as vscode from 'vscode';
import { silentDocument } from '../completion/triggerPolicy';
import { documentPath } from './documentReader';

/** Where the user works: the document, and what is selected in it. */
export type EditorPlace = Pick<vscode.TextEditor, 'document' | 'selection' | 'viewColumn'>;

/** Clicking into the output panel makes it the active editor; the one before is still what the user means. */
export class LastEditor implements vscode.Disposable {
  private last: vscode.TextEditor | undefined;
  private readonly subscription: vscode.Disposable;

  constructor() {
    this.remember(vscode.window.activeTextEditor);
    this.subscription = vscode.window.onDidChangeActiveTextEditor((editor) => this.remember(editor));
  }

  /**
   * Undefined when its document is not seen any more. A diff hides the editor and shows the same document in another one,
   * where nothing is selected: what the user selected before still counts.
   */
  get editor(): EditorPlace | undefined {
    this.remember(vscode.window.activeTextEditor);
    const { last } = this;
    if (last === undefined || vscode.window.visibleTextEditors.includes(last)) return last;
    const shown = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === last.document.uri.toString());
    return shown && { document: shown.document, selection: last.selection, viewColumn: shown.viewColumn };
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private remember(editor: vscode.TextEditor | undefined): void {
    if (editor && isWrittenByUser(editor.document)) this.last = editor;
  }
}

/** Not a log or the like, which changes by itself. */
export function isWrittenByUser(document: vscode.TextDocument): boolean {
  const { uri, languageId } = document;
  const place = { scheme: uri.scheme, languageId, path: documentPath(document) };
  return silentDocument(place, { enabled: true, languages: {} }) !== 'unsupported-document';
}
