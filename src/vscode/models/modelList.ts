/**
 * The rows of the models view and of the pick list: gathers what the settings, the package, the added files and the named folders say,
 * and what is known of each file. It draws nothing and changes nothing.
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { modelCatalog, modelNames } from '../../model/modelCatalog';
import type { FileStamp, ModelExaminer } from '../../model/modelExaminer';
import { SCAN_LIMITS, scanModelFolders, type FolderScan } from '../../model/modelFolderScan';
import type { AddedModels } from './addedModels';
import type { ModelRow } from './modelItems';
import { modelFolders, rolePaths } from './modelSettings';

export interface ModelListParts {
  /** Rejects when the package is damaged. */
  readonly bundledModelPath: () => Promise<string>;
  readonly added: AddedModels;
  readonly examiner: ModelExaminer;
  readonly warn: (message: string) => void;
}

export interface ModelRows {
  readonly rows: readonly ModelRow[];
  /** Why the list may lack something, in sentences. */
  readonly notes: readonly string[];
}

export class ModelList {
  constructor(private readonly parts: ModelListParts) {}

  async read(): Promise<ModelRows> {
    const { added, examiner } = this.parts;
    const scan = await scanModelFolders(modelFolders());
    const addedPaths = added.paths;
    const entries = modelCatalog({
      bundledPath: await this.bundledPath(),
      rolePaths: rolePaths(),
      addedPaths,
      foundPaths: scan.paths,
    });
    const isAdded = new Set(addedPaths.map((each) => path.normalize(each)));
    const looked = await Promise.all(entries.map(async (entry) => ({ entry, facts: await examiner.look(entry.path) })));
    const names = modelNames(looked.map(({ entry, facts }) => ({ path: entry.path, facts })));
    const rows = looked.map(
      ({ entry, facts }, index): ModelRow => ({
        kind: 'model',
        name: names[index] ?? entry.path,
        entry,
        facts,
        added: isAdded.has(entry.path),
      }),
    );
    return { rows, notes: notesOf(scan) };
  }

  /** Undefined, with a line in the log, when the package has none. */
  async bundledPath(): Promise<string | undefined> {
    try {
      return path.normalize(await this.parts.bundledModelPath());
    } catch (thrown) {
      this.parts.warn(thrown instanceof Error ? thrown.message : String(thrown));
      return undefined;
    }
  }
}

export async function stampOf(modelPath: string): Promise<FileStamp | undefined> {
  try {
    const found = await stat(modelPath);
    return found.isFile() ? { bytes: found.size, modifiedMs: found.mtimeMs } : undefined;
  } catch {
    return undefined;
  }
}

function notesOf({ truncated, unreadable }: FolderScan): string[] {
  const notes = unreadable.map((folder) => vscode.l10n.t('The folder {0} cannot be read. Check the setting bamboo.models.folders.', folder));
  if (truncated) {
    notes.push(
      vscode.l10n.t('The folders hold more than is looked at: the first {0} models are listed. Name smaller folders.', SCAN_LIMITS.files),
    );
  }
  return notes;
}
