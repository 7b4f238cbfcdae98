/**
 * Snippets for a file of a folder, as the extension would show them when the file is opened: what it imports and what lies beside it.
 * Reads the folder as the extension reads a workspace folder: no secrets, nothing ignored.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { isSecretFile } from '../completion/triggerPolicy';
import { importSignatures } from '../context/collectors/importSignatures';
import { siblingWindows } from '../context/collectors/similarFiles';
import { ContextCollection } from '../context/contextCollection';
import type { FileRef } from '../context/fileRef';
import { IgnoreRules } from '../context/ignoreRules';
import { ProjectFiles, type FileAccess } from '../context/projectFiles';
import { TARGET_LIMITS, type ContextTarget } from '../context/snippetCandidate';
import { SnippetSets } from '../context/snippetSets';
import type { PromptSnippet } from '../prompt/promptSnippet';
import { UsageError } from './arguments';

const MAX_FILE_BYTES = 512 * 1024;

/** `file` must lie in `folder`. */
export async function folderSnippets(
  folder: string,
  file: string,
  place: { readonly text: string; readonly offset: number },
  nowMs: () => number,
): Promise<readonly PromptSnippet[]> {
  const relative = path.relative(path.resolve(folder), path.resolve(file)).replaceAll('\\', '/');
  if (relative.startsWith('..') || path.isAbsolute(relative)) throw new UsageError(`--context: ${file} does not lie in ${folder}`);
  const context = new FolderContext(folder, nowMs);
  return context.snippetsAt(relative, place.text.slice(0, place.offset), place.text.slice(place.offset));
}

/** Keeps what it read: for many places in one folder. */
export class FolderContext {
  private readonly root: string;
  private readonly ignoreRules: IgnoreRules;
  private readonly files: ProjectFiles;

  constructor(
    folder: string,
    private readonly nowMs: () => number,
  ) {
    this.root = path.resolve(folder);
    this.ignoreRules = new IgnoreRules({ read: (ref) => readText(this.pathOf(ref)), patterns: () => [] });
    this.files = new ProjectFiles(this.access(), nowMs);
  }

  async isExcluded(file: string): Promise<boolean> {
    return isSecretFile(file) || (await this.ignoreRules.isIgnored({ root: this.root, path: file }));
  }

  /** `before` and `after`: the file's text on both sides of the cursor, which may differ from what is on disk. */
  async snippetsAt(file: string, before: string, after: string): Promise<readonly PromptSnippet[]> {
    const target = targetOf({ root: this.root, path: file }, before, after);
    const sets = new SnippetSets();
    const collection = new ContextCollection({
      collectors: [importSignatures, siblingWindows],
      files: this.files,
      sets,
      now: this.nowMs,
      debug: () => undefined,
    });
    await collection.refresh(target, { signal: new AbortController().signal, mayPublish: () => true });
    return sets.snippetsFor(target.documentKey);
  }

  private access(): FileAccess {
    return {
      openText: () => undefined,
      readText: (ref) => readText(this.pathOf(ref)),
      listFolder: (_, folder) => fileNames(path.join(this.root, folder)),
      isExcluded: (ref) => this.isExcluded(ref.path),
    };
  }

  private pathOf({ path: file }: FileRef): string {
    return path.join(this.root, file);
  }
}

function targetOf(file: FileRef, before: string, after: string): ContextTarget {
  const { headLines, headChars, nearbyLines, nearbyChars } = TARGET_LIMITS;
  const above = before.split('\n').slice(-nearbyLines / 2 - 1);
  const below = after.split('\n').slice(0, nearbyLines / 2);
  const head = (before + after).split('\n').slice(0, headLines).join('\n').slice(0, headChars);
  return { documentKey: file.path, file, head, nearby: (above.join('\n') + below.join('\n')).slice(0, nearbyChars) };
}

async function readText(file: string): Promise<string | undefined> {
  try {
    const { size } = await stat(file);
    return size > MAX_FILE_BYTES ? undefined : await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}

async function fileNames(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch {
    return [];
  }
}
