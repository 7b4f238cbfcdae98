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
    readText: (ref) => (mayRead(ref) ? whatCame(readLinkless(ref), wait) : Promise.resolve(undefined)),
    listFolder: async (root, folder) => {
      const ref = { root, path: folder };
      return mayRead(ref) ? ((await whatCame(listFiles(ref), wait)) ?? []) : [];
    },
    isExcluded: async (ref) => isSecretFile(ref.path) || (isWorkspaceRoot(ref.root) && (await ignoreRules.isIgnored(ref))),
  };
}

/**
 * Ignore files are rules about what must not be read: they are read in an untrusted workspace too.
 * Undefined only when there is none; rejects when that cannot be told, or not in time.
 */
export async function readIgnoreFile(ref: FileRef, wait: Wait): Promise<string | undefined> {
  if (!isWorkspaceRoot(ref.root)) return undefined;
  try {
    return await inTime(readRules(uriOf(ref)), wait);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function readRules(uri: vscode.Uri): Promise<string | undefined> {
  const { type, size } = await vscode.workspace.fs.stat(uri);
  if ((type & vscode.FileType.File) === 0) return undefined;
  if (size > READ_LIMITS.fileBytes) throw new Error(`${uri.path} is too large for an ignore file`);
  return decode(await vscode.workspace.fs.readFile(uri));
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'FileNotFound';
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

async function readLinkless(ref: FileRef): Promise<string | undefined> {
  const uri = uriOf(ref);
  if (await passesLink(ref)) return undefined;
  const { type, size } = await vscode.workspace.fs.stat(uri);
  if (type !== vscode.FileType.File || size > READ_LIMITS.fileBytes) return undefined;
  return decode(await vscode.workspace.fs.readFile(uri));
}

async function listFiles(ref: FileRef): Promise<string[]> {
  if (await passesLink(ref)) return [];
  const entries = await vscode.workspace.fs.readDirectory(uriOf(ref));
  const files = entries.filter(([, type]) => type === vscode.FileType.File);
  return files.slice(0, READ_LIMITS.folderEntries).map(([name]) => name);
}

/** Whether a file or a folder on the way to it is a symbolic link: it may lead out of the workspace, or around an ignore rule. */
async function passesLink({ root, path }: FileRef): Promise<boolean> {
  if (path === '') return false;
  const segments = path.split('/');
  const onTheWay = segments.map((_, index) => uriOf({ root, path: segments.slice(0, index + 1).join('/') }));
  const stats = await Promise.all(onTheWay.map((uri) => vscode.workspace.fs.stat(uri)));
  return stats.some(({ type }) => (type & vscode.FileType.SymbolicLink) !== 0);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Undefined for what fails or takes too long. */
async function whatCame<T>(reading: Promise<T>, wait: Wait): Promise<T | undefined> {
  try {
    return await inTime(reading, wait);
  } catch {
    return undefined;
  }
}

/** Rejects for what fails or takes too long. */
function inTime<T>(reading: Promise<T>, wait: Wait): Promise<T> {
  return new Promise((resolve, reject) => {
    const callOff = wait(READ_LIMITS.waitMs, () => reject(new Error('The file system did not answer in time')));
    reading.then(resolve, reject).finally(callOff);
  });
}
