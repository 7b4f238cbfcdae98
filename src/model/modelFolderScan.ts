/**
 * Finds GGUF files in folders that the user named: a bounded look at names, two levels deep.
 * It opens no file and follows no link to a folder.
 */
import { opendir } from 'node:fs/promises';
import path from 'node:path';

export const SCAN_LIMITS = {
  folders: 20,
  /** 0 is the named folder itself. */
  depth: 2,
  files: 200,
  /** Names looked at, of files and folders alike. */
  entries: 20_000,
} as const;

export interface FolderScan {
  readonly paths: readonly string[];
  /** There may be more files than were found. */
  readonly truncated: boolean;
  /** Named folders that are not there or may not be read. */
  readonly unreadable: readonly string[];
}

export async function scanModelFolders(folders: readonly string[]): Promise<FolderScan> {
  const scan = { paths: [] as string[], truncated: folders.length > SCAN_LIMITS.folders, unreadable: [] as string[] };
  let entriesLeft: number = SCAN_LIMITS.entries;
  const named = folders.slice(0, SCAN_LIMITS.folders);
  const waiting = named.map((folder) => ({ folder, depth: 0 }));
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { folder, depth } = next;
    try {
      for await (const entry of await opendir(folder)) {
        if (entriesLeft === 0 || scan.paths.length === SCAN_LIMITS.files) return { ...scan, truncated: true };
        entriesLeft -= 1;
        const found = path.join(folder, entry.name);
        if (entry.isDirectory() && depth < SCAN_LIMITS.depth) waiting.push({ folder: found, depth: depth + 1 });
        if ((entry.isFile() || entry.isSymbolicLink()) && isModelFileName(entry.name)) scan.paths.push(found);
      }
    } catch {
      // Subfolders that may not be read are none of the user's concern; a folder that they named is.
      if (depth === 0) scan.unreadable.push(folder);
    }
  }
  return scan;
}

export function isModelFileName(name: string): boolean {
  return name.toLowerCase().endsWith('.gguf');
}
