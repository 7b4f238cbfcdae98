/**
 * The model files that the user added, remembered on this machine only: their paths mean nothing on another one.
 * What is stored may be damaged or of another version; what can be read of it is kept, the rest is told and dropped.
 */
import type * as vscode from 'vscode';

export const ADDED_MODELS_KEY = 'bamboo.models.added';
export const MAX_ADDED_MODELS = 100;
const MAX_PATH_CHARS = 4096;

export class AddedModels {
  private warned = false;

  constructor(
    private readonly storage: vscode.Memento,
    private readonly warn: (message: string) => void,
  ) {}

  get paths(): readonly string[] {
    const stored = this.storage.get<unknown>(ADDED_MODELS_KEY);
    if (stored === undefined) return [];
    const entries = Array.isArray(stored) ? stored : [stored];
    const paths = [...new Set(entries.filter(isPath))].slice(0, MAX_ADDED_MODELS);
    if (paths.length !== entries.length && !this.warned) {
      this.warned = true;
      this.warn(`The list of added models was damaged: ${entries.length - paths.length} of ${entries.length} entries are left out.`);
    }
    return paths;
  }

  /** False when the list is full. */
  async add(modelPath: string): Promise<boolean> {
    const { paths } = this;
    if (paths.includes(modelPath)) return true;
    if (paths.length >= MAX_ADDED_MODELS) return false;
    await this.storage.update(ADDED_MODELS_KEY, [...paths, modelPath]);
    return true;
  }

  async forget(modelPath: string): Promise<void> {
    await this.storage.update(
      ADDED_MODELS_KEY,
      this.paths.filter((each) => each !== modelPath),
    );
  }
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_PATH_CHARS;
}
