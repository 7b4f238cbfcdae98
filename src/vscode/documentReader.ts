/**
 * Reads the windows around the cursor out of an editor document, line by line, so that a long file costs no more than a short one.
 */
import * as vscode from 'vscode';
import { firstChars, lastChars, WINDOW, type DocumentContext } from '../completion/documentContext';

type LineSource = Pick<vscode.TextDocument, 'lineAt' | 'lineCount'>;

export function readDocumentContext(document: vscode.TextDocument, position: vscode.Position): DocumentContext {
  const usesCrlf = document.eol === vscode.EndOfLine.CRLF;
  return {
    documentKey: document.uri.toString(),
    path: documentPath(document),
    languageId: document.languageId,
    eol: usesCrlf ? '\r\n' : '\n',
    prefix: textBefore(document, position),
    suffix: textAfter(document, position),
    // The context counts every line break as one character; the document counts "\r\n" as two.
    cursorOffset: document.offsetAt(position) - (usesCrlf ? position.line : 0),
  };
}

/** Relative to the workspace, forward slashes; the last part of the path for documents outside of it. */
export function documentPath(document: Pick<vscode.TextDocument, 'uri'>): string {
  if (vscode.workspace.getWorkspaceFolder(document.uri)) {
    return vscode.workspace.asRelativePath(document.uri, false).replaceAll('\\', '/');
  }
  const { path } = document.uri;
  return path.slice(path.lastIndexOf('/') + 1);
}

function textBefore(document: LineSource, position: vscode.Position): string {
  const lines = [lastChars(document.lineAt(position.line).text.slice(0, position.character), WINDOW.prefixChars)];
  let chars = lines[0]?.length ?? 0;
  for (let line = position.line - 1; line >= 0 && chars < WINDOW.prefixChars; line -= 1) {
    const text = document.lineAt(line).text;
    lines.push(text);
    chars += text.length + 1;
  }
  return lastChars(lines.reverse().join('\n'), WINDOW.prefixChars);
}

function textAfter(document: LineSource, position: vscode.Position): string {
  const lines = [firstChars(document.lineAt(position.line).text.slice(position.character), WINDOW.suffixChars)];
  let chars = lines[0]?.length ?? 0;
  for (let line = position.line + 1; line < document.lineCount && chars < WINDOW.suffixChars; line += 1) {
    const text = document.lineAt(line).text;
    lines.push(text);
    chars += text.length + 1;
  }
  return firstChars(lines.join('\n'), WINDOW.suffixChars);
}
