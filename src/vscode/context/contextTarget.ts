/**
 * Reads the place that context is collected for out of an editor: the lines of the imports and the lines around the cursor, never the whole document.
 */
import type * as vscode from 'vscode';
import { TARGET_LIMITS, type ContextTarget } from '../../context/snippetCandidate';
import { refOf } from './fileRefs';

export function contextTargetOf(editor: Pick<vscode.TextEditor, 'document' | 'selection'>): ContextTarget {
  const { document, selection } = editor;
  const half = TARGET_LIMITS.nearbyLines / 2;
  const cursorLine = selection.active.line;
  return {
    documentKey: document.uri.toString(),
    file: refOf(document.uri),
    head: textOf(document, 0, TARGET_LIMITS.headLines).slice(0, TARGET_LIMITS.headChars),
    nearby: textOf(document, cursorLine - half, cursorLine + half).slice(0, TARGET_LIMITS.nearbyChars),
  };
}

function textOf(document: Pick<vscode.TextDocument, 'lineAt' | 'lineCount'>, start: number, end: number): string {
  const lines: string[] = [];
  for (let line = Math.max(start, 0); line < Math.min(end, document.lineCount); line += 1) lines.push(document.lineAt(line).text);
  return lines.join('\n');
}
