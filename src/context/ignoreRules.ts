/**
 * Which files the user keeps out: .gitignore and .bambooignore in every folder on the way to a file, and the setting bamboo.exclude.
 * The rules are git's. Of the three the setting has the last word, then .bambooignore, so that it can bring back what git ignores.
 */
import ignore, { type Ignore } from 'ignore';
import { fileKey, type FileRef } from './fileRef';

export const IGNORE_FILES = ['.gitignore', '.bambooignore'] as const;
type IgnoreFile = (typeof IGNORE_FILES)[number];

export interface IgnoreParts {
  /** The text of an ignore file; undefined when there is none. Rejects when it cannot be read, which says nothing about its rules. */
  readonly read: (ref: FileRef) => Promise<string | undefined>;
  /** The setting for a workspace folder, in the syntax of .gitignore. */
  readonly patterns: (root: string) => readonly string[];
}

export const IGNORE_LIMITS = { folders: 512, decisions: 2048, fileChars: 200_000 } as const;

/** The rules of one folder; undefined where it has no such file. */
type FolderRules = Readonly<Record<IgnoreFile, Ignore | undefined>>;

export class IgnoreRules {
  private readonly folders = new Map<string, Promise<FolderRules>>();
  private readonly decisions = new Map<string, boolean>();
  /** Grows when rules change: what was being read before is not kept. */
  private generation = 0;

  constructor(private readonly parts: IgnoreParts) {}

  /**
   * At once for a file that was asked about before; otherwise after reading the ignore files on the way to it.
   * A file whose rules cannot be read counts as ignored, until they can. Never rejects.
   */
  isIgnored(file: FileRef): boolean | Promise<boolean> {
    return this.decisions.get(fileKey(file)) ?? this.decide(file);
  }

  /** An ignore file or the setting changed. */
  clear(): void {
    this.generation += 1;
    this.folders.clear();
    this.decisions.clear();
  }

  private async decide(file: FileRef): Promise<boolean> {
    const { generation } = this;
    const segments = file.path.split('/');
    const folders: FolderRules[] = [];
    try {
      for (let depth = 0; depth < segments.length; depth += 1) {
        folders.push(await this.rulesOf({ root: file.root, path: segments.slice(0, depth).join('/') }));
      }
    } catch {
      return true;
    }
    const ignored = this.verdict(file, segments, folders);
    if (generation === this.generation) {
      if (this.decisions.size >= IGNORE_LIMITS.decisions) this.decisions.clear();
      this.decisions.set(fileKey(file), ignored);
    }
    return ignored;
  }

  private verdict({ root, path }: FileRef, segments: readonly string[], folders: readonly FolderRules[]): boolean {
    if (segments.includes('.git')) return true;
    const setting = rulesFrom(this.parts.patterns(root).join('\n'))?.test(path);
    if (setting?.ignored === true) return true;
    if (setting?.unignored === true) return false;
    const own = chainVerdict(segments, folders, '.bambooignore');
    return (own ?? chainVerdict(segments, folders, '.gitignore')) === true;
  }

  /** Many files may be asked about at once: their folders are read once. What failed is not kept. */
  private rulesOf(folder: FileRef): Promise<FolderRules> {
    const key = fileKey(folder);
    const known = this.folders.get(key);
    if (known) return known;
    const reading = this.readRules(folder);
    if (this.folders.size >= IGNORE_LIMITS.folders) this.folders.clear();
    this.folders.set(key, reading);
    reading.catch(() => {
      if (this.folders.get(key) === reading) this.folders.delete(key);
    });
    return reading;
  }

  private async readRules(folder: FileRef): Promise<FolderRules> {
    const inFolder = (name: string): FileRef => ({ root: folder.root, path: folder.path === '' ? name : `${folder.path}/${name}` });
    const [git, own] = await Promise.all(IGNORE_FILES.map((name) => this.parts.read(inFolder(name))));
    return { '.gitignore': rulesFrom(git), '.bambooignore': rulesFrom(own) };
  }
}

/**
 * What the ignore files of one kind say about a path, as git reads them: folders from the outermost in, in each the deepest rules that say something.
 * What lies in an ignored folder cannot come back. Undefined when no rule says anything.
 */
function chainVerdict(segments: readonly string[], folders: readonly FolderRules[], kind: IgnoreFile): boolean | undefined {
  let verdict: boolean | undefined;
  for (let length = 1; length <= segments.length; length += 1) {
    const isFolder = length < segments.length;
    for (let depth = 0; depth < length; depth += 1) {
      const rules = folders[depth]?.[kind];
      if (!rules) continue;
      const result = rules.test(segments.slice(depth, length).join('/') + (isFolder ? '/' : ''));
      if (result.ignored) verdict = true;
      else if (result.unignored) verdict = false;
    }
    if (isFolder && verdict === true) return true;
  }
  return verdict;
}

/** Undefined for a text without rules. */
function rulesFrom(text: string | undefined): Ignore | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  return ignore().add(text.slice(0, IGNORE_LIMITS.fileChars));
}
