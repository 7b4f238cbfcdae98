/**
 * Names a file by its workspace folder and its path in it, and computes with such paths: forward slashes, no leading slash, nothing outside the folder.
 */

export interface FileRef {
  /** URI of the workspace folder. */
  readonly root: string;
  /** Relative to the folder. */
  readonly path: string;
}

export function fileKey({ root, path }: FileRef): string {
  return `${root}\n${path}`;
}

export function sameFile(a: FileRef, b: FileRef): boolean {
  return a.path === b.path && a.root === b.root;
}

/** The folder of a file; empty for one in the workspace folder itself. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** In lower case, without the dot; empty without one. */
export function extensionOf(path: string): string {
  const name = nameOf(path);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}

/** `relative` seen from `folder`; undefined when it leads out of the workspace folder. */
export function resolvePath(folder: string, relative: string): string | undefined {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}
