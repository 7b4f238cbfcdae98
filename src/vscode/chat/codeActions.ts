/**
 * What can be done with a code block of an answer: copy it, insert it at the cursor, open it as a new file.
 * Proposing it as a change is in changeProposal.ts.
 */
import * as vscode from 'vscode';
import { indented } from '../../chat/indentCode';
import { languageOfTag } from './languageTags';
import type { LastEditor } from '../lastEditor';

/** Each says in one sentence what happened. */
export async function copyText(text: string): Promise<string> {
  await vscode.env.clipboard.writeText(text);
  return vscode.l10n.t('Copied');
}

/** One undo step. A selection is kept: the code goes before it. */
export async function insertAtCursor(code: string, { editor }: Pick<LastEditor, 'editor'>): Promise<string> {
  if (!editor) return vscode.l10n.t('Open a file first: there is no editor to insert into.');
  const { document } = editor;
  const place = editor.selection.start;
  const line = document.lineAt(place.line).text;
  const indentation = /^[ \t]*/.exec(line.slice(0, place.character))?.[0] ?? '';
  const isFilled = line.slice(place.character).trim() !== '';
  const isLineStart = line.slice(0, place.character).trim() === '';
  const text = indented(code, indentation) + (isFilled && isLineStart ? `\n${indentation}` : '');
  // Not through the editor: the one that shows the document may be the side of a diff, which takes no edits.
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, place, text);
  const done = await vscode.workspace.applyEdit(edit);
  if (!done) return vscode.l10n.t('The editor did not accept the text. Is the file read-only?');
  // Whoever inserts code goes on in the editor, and may want to undo it there.
  await vscode.window.showTextDocument(document, editor.viewColumn);
  return vscode.l10n.t('Inserted at line {0}', place.line + 1);
}

export async function openAsNewFile(code: string, tag: string): Promise<string> {
  const language = await languageOfTag(tag);
  const document = await vscode.workspace.openTextDocument({ content: code, ...(language !== undefined && { language }) });
  await vscode.window.showTextDocument(document, { preview: false });
  return vscode.l10n.t('Opened as a new file');
}
