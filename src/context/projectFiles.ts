/**
 * The files of the workspace as collectors may see them: without excluded ones, each text indexed once, in bounded memory.
 * Texts of open editors come from the editor, others from the file system through what is handed in.
 */
import { fileKey, folderOf, nameOf, type FileRef } from './fileRef';
import { IndexedText } from './indexedText';

export interface FileAccess {
  /** What an editor holds, saved or not; undefined when the file is not open. `text` is only called when the version is new. */
  readonly openText: (ref: FileRef) => { readonly version: number; readonly text: () => string } | undefined;
  /** Undefined for what is absent, not text, too large, or not there in time. */
  readonly readText: (ref: FileRef) => Promise<string | undefined>;
  /** Names of the files in a folder; empty for one that cannot be read. */
  readonly listFolder: (root: string, folder: string) => Promise<readonly string[]>;
  /** Files that hold secrets or that the user excluded. */
  readonly isExcluded: (ref: FileRef) => Promise<boolean>;
}

export const FILE_LIMITS = { cachedChars: 4_000_000, cachedFolders: 32, diskFreshMs: 30_000 } as const;

interface CachedFile {
  readonly file: IndexedText | undefined;
  /** The editor's version; undefined for a text from disk. */
  readonly version: number | undefined;
  readonly readAtMs: number;
}

export class ProjectFiles {
  /** Least recently used first. */
  private readonly files = new Map<string, CachedFile>();
  private readonly folders = new Map<string, { readonly names: readonly string[]; readonly readAtMs: number }>();
  private chars = 0;

  constructor(
    private readonly access: FileAccess,
    private readonly now: () => number,
  ) {}

  get cachedChars(): number {
    return this.chars;
  }

  async read(ref: FileRef): Promise<IndexedText | undefined> {
    if (await this.access.isExcluded(ref)) return undefined;
    const key = fileKey(ref);
    const open = this.access.openText(ref);
    const cached = this.files.get(key);
    if (cached && (open ? cached.version === open.version : cached.version === undefined && this.isFresh(cached))) {
      this.files.delete(key);
      this.files.set(key, cached);
      return cached.file;
    }
    const text = open ? open.text() : await this.access.readText(ref);
    const file = text === undefined || text.includes('\0') ? undefined : new IndexedText(ref, text);
    this.store(key, { file, version: open?.version, readAtMs: this.now() });
    return file;
  }

  /** The first of the paths that is there; no further than to the first that `mayLook` says no to. Folders are listed rather than tried name by name: most candidates of an import are not there. */
  async readFirst(root: string, paths: readonly string[], mayLook: (path: string) => boolean): Promise<IndexedText | undefined> {
    for (const path of paths) {
      if (!mayLook(path)) return undefined;
      const isThere = this.access.openText({ root, path }) !== undefined || (await this.list(root, folderOf(path))).includes(nameOf(path));
      const file = isThere ? await this.read({ root, path }) : undefined;
      if (file) return file;
    }
    return undefined;
  }

  async list(root: string, folder: string): Promise<readonly string[]> {
    const key = fileKey({ root, path: folder });
    const cached = this.folders.get(key);
    if (cached && this.isFresh(cached)) return cached.names;
    const names = await this.access.listFolder(root, folder);
    this.folders.delete(key);
    this.folders.set(key, { names, readAtMs: this.now() });
    if (this.folders.size > FILE_LIMITS.cachedFolders) this.folders.delete(this.folders.keys().next().value ?? '');
    return names;
  }

  /** The file changed on disk. */
  forget(ref: FileRef): void {
    this.remove(fileKey(ref));
  }

  clear(): void {
    this.files.clear();
    this.folders.clear();
    this.chars = 0;
  }

  private isFresh({ readAtMs }: { readonly readAtMs: number }): boolean {
    return this.now() - readAtMs < FILE_LIMITS.diskFreshMs;
  }

  private store(key: string, entry: CachedFile): void {
    this.remove(key);
    this.files.set(key, entry);
    this.chars += charsOf(entry);
    for (const oldest of this.files.keys()) {
      if (this.chars <= FILE_LIMITS.cachedChars || oldest === key) break;
      this.remove(oldest);
    }
  }

  private remove(key: string): void {
    const entry = this.files.get(key);
    if (!entry) return;
    this.files.delete(key);
    this.chars -= charsOf(entry);
  }
}

/** What is known not to be there takes room too. */
function charsOf({ file }: CachedFile): number {
  return (file?.chars ?? 0) + 256;
}
