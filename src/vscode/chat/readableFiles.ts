/**
 * Which files chat may read, and how: those of the workspace and those that are open, never ones that may hold secrets or that
 * are ignored, within a size.
 */
import * as vscode from 'vscode';
import { isSecretFile } from '../../completion/triggerPolicy';

const MOST_BYTES = 2_000_000;

/** Whether ignore files or the setting bamboo.exclude keep a file out. */
export type IsExcluded = (uri: vscode.Uri) => boolean | Promise<boolean>;

export interface ReadFile {
  readonly text: string;
  readonly languageId: string;
}

export function mayRead(uri: vscode.Uri): boolean {
  if (isSecretFile(uri.path)) return false;
  return vscode.workspace.getWorkspaceFolder(uri) !== undefined || openDocument(uri) !== undefined;
}

/** Undefined: it is not there, not text, too large, or must not be read. */
export async function readTextFile(uri: vscode.Uri, isExcluded: IsExcluded): Promise<ReadFile | undefined> {
  if (!mayRead(uri) || (await isExcluded(uri))) return undefined;
  const document = openDocument(uri);
  if (document) return { text: document.getText(), languageId: document.languageId };
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MOST_BYTES) return undefined;
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    return text.includes('\0') ? undefined : { text, languageId: extensionOf(uri.path) };
  } catch {
    return undefined;
  }
}

export function openDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  const key = uri.toString();
  return vscode.workspace.textDocuments.find((document) => document.uri.toString() === key);
}

/** Serves as the tag of a code block; no editor knows the language of a file that is not open. */
function extensionOf(path: string): string {
  return /\.([a-z0-9+#]{1,12})$/i.exec(path)?.[1]?.toLowerCase() ?? '';
}
