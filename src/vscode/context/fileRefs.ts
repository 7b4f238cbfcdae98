/**
 * Between the editor's URIs and the file names of src/context: the workspace folder and the path in it.
 */
import * as vscode from 'vscode';
import type { FileRef } from '../../context/fileRef';

/** A file outside every workspace folder is named by its own folder; nothing beside it is read (isWorkspaceRoot). */
export function refOf(uri: vscode.Uri): FileRef {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder) return { root: folder.uri.toString(), path: vscode.workspace.asRelativePath(uri, false).replaceAll('\\', '/') };
  const slash = uri.path.lastIndexOf('/');
  return { root: uri.with({ path: uri.path.slice(0, Math.max(slash, 0)) }).toString(), path: uri.path.slice(slash + 1) };
}

export function uriOf({ root, path }: FileRef): vscode.Uri {
  return vscode.Uri.joinPath(vscode.Uri.parse(root), path);
}

export function isWorkspaceRoot(root: string): boolean {
  return (vscode.workspace.workspaceFolders ?? []).some((folder) => folder.uri.toString() === root);
}
