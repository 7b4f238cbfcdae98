/**
 * Reads files and folders for the collectors: open documents from the editor, others through the workspace's file system, which may be remote
 * or virtual, so that every read has a time limit. Nothing outside the workspace's folders is read, and nothing on disk in an untrusted workspace.
 */
import * as vscode from 'vscode';
import { isSecretFile } from '../../completion/triggerPolicy';
import { resolvePath, type FileRef } from '../../context/fileRef';
import type { IgnoreRules } from '../../context/ignoreRules';
import type { FileAccess } from '../../context/projectFiles';
import { isWorkspaceRoot, refOf, uriOf } from './fileRefs';

export const READ_LIMITS = { fileBytes: 512 * 1024, folderEntries: 500, waitMs: 250 } as const;

export type Wait = (delayMs: number, task: () => void) => () => void;

export function editorFileAccess(ignoreRules: Pick<IgnoreRules, 'isIgnored'>, wait: Wait): FileAccess {
  return {
    openText: openDocument,
    readText: (ref) => (mayRead(ref) ? inTime(readFile(uriOf(ref)), wait) : Promise.resolve(undefined)),
    listFolder: async (root, folder) => {
      const ref = { root, path: folder };
      return mayRead(ref) ? ((await inTime(listFiles(uriOf(ref)), wait)) ?? []) : [];
    },
    isExcluded: async (ref) => isSecretFile(ref.path) || (isWorkspaceRoot(ref.root) && (await ignoreRules.isIgnored(ref))),
  };
}

/** Ignore files are rules about what must not be read: they are read in an untrusted workspace too. */
export function readIgnoreFile(ref: FileRef, wait: Wait): Promise<string | undefined> {
  return isWorkspaceRoot(ref.root) ? inTime(readFile(uriOf(ref)), wait) : Promise.resolve(undefined);
}

function mayRead({ root, path }: FileRef): boolean {
  return vscode.workspace.isTrusted && isWorkspaceRoot(root) && resolvePath('', path) === path;
}

function openDocument(ref: FileRef): ReturnType<FileAccess['openText']> {
  const document = vscode.workspace.textDocuments.find(({ uri, isClosed }) => {
    if (isClosed || !uri.path.endsWith(ref.path)) return false;
    const other = refOf(uri);
    return other.root === ref.root && other.path === ref.path;
  });
  return document && { version: document.version, text: () => document.getText() };
}

async function readFile(uri: vscode.Uri): Promise<string | undefined> {
  const { type, size } = await vscode.workspace.fs.stat(uri);
  if ((type & vscode.FileType.File) === 0 || size > READ_LIMITS.fileBytes) return undefined;
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

async function listFiles(uri: vscode.Uri): Promise<string[]> {
  const entries = await vscode.workspace.fs.readDirectory(uri);
  const files = entries.filter(([, type]) => (type & vscode.FileType.File) !== 0);
  return files.slice(0, READ_LIMITS.folderEntries).map(([name]) => name);
}

/** Undefined for what fails or takes too long. */
function inTime<T>(reading: Promise<T>, wait: Wait): Promise<T | undefined> {
  return new Promise((resolve) => {
    const callOff = wait(READ_LIMITS.waitMs, () => resolve(undefined));
    const settle = (value: T | undefined): void => {
      callOff();
      resolve(value);
    };
    reading.then(settle, () => settle(undefined));
  });
}
