/**
 * The list of models that a user can choose from, and which of them serves what: from the settings, the bundled model, added files and
 * named folders to one entry a file. Pure: finding files is modelFolderScan.ts, reading them modelExaminer.ts.
 */
import path from 'node:path';
import type { ModelFile } from '../protocol/engineProtocol';

export type ModelRole = 'completion' | 'chat';

export const MODEL_ROLES: readonly ModelRole[] = ['completion', 'chat'];

/** Why a model is listed; of several reasons the first in this order. */
export type ModelOrigin = 'bundled' | 'added' | 'folder' | 'setting';

export interface ModelSources {
  /** Undefined when the package is damaged. */
  readonly bundledPath: string | undefined;
  /** As in the settings; empty: the bundled model for completion, the model of completion for chat. */
  readonly rolePaths: Readonly<Record<ModelRole, string>>;
  readonly addedPaths: readonly string[];
  readonly foundPaths: readonly string[];
}

export interface CatalogEntry {
  readonly path: string;
  readonly origin: ModelOrigin;
  /** What it serves now. */
  readonly roles: readonly ModelRole[];
}

/** What is known of a file. */
export type ModelFacts =
  | { readonly kind: 'missing' }
  /** Not examined yet, or nobody could. */
  | { readonly kind: 'unread'; readonly fileBytes: number }
  | { readonly kind: 'known'; readonly file: ModelFile };

/** The bundled model first, the others by file name. */
export function modelCatalog(sources: ModelSources): CatalogEntry[] {
  const { bundledPath, addedPaths, foundPaths } = sources;
  const served = servedPaths(sources);
  const origins = new Map<string, ModelOrigin>();
  const list = (origin: ModelOrigin, paths: readonly string[]): void => {
    for (const modelPath of paths.map((each) => path.normalize(each))) {
      if (!origins.has(modelPath)) origins.set(modelPath, origin);
    }
  };
  list('bundled', bundledPath === undefined ? [] : [bundledPath]);
  list('added', addedPaths);
  list('folder', foundPaths);
  list(
    'setting',
    MODEL_ROLES.flatMap((role) => served[role] ?? []),
  );
  return [...origins]
    .map(([modelPath, origin]) => ({ path: modelPath, origin, roles: MODEL_ROLES.filter((role) => served[role] === modelPath) }))
    .sort(byOriginAndName);
}

/** The file's own name for itself if it is known, else that of the file. */
export function modelName(modelPath: string, facts: ModelFacts): string {
  const own = facts.kind === 'known' ? printable(facts.file.name) : '';
  return own === '' ? path.basename(modelPath).replace(/\.gguf$/i, '') : own;
}

/** One name a model, in order; those that would share one have the file's name beside it. */
export function modelNames(models: readonly { readonly path: string; readonly facts: ModelFacts }[]): string[] {
  const names = models.map((model) => modelName(model.path, model.facts));
  const isShared = (name: string): boolean => names.filter((each) => each === name).length > 1;
  return names.map((name, index) => (isShared(name) ? `${name} (${path.basename(models[index]?.path ?? '')})` : name));
}

function servedPaths({ bundledPath, rolePaths }: ModelSources): Partial<Record<ModelRole, string>> {
  const completion = rolePaths.completion === '' ? bundledPath : rolePaths.completion;
  const chat = rolePaths.chat === '' ? completion : rolePaths.chat;
  return {
    ...(completion === undefined ? {} : { completion: path.normalize(completion) }),
    ...(chat === undefined ? {} : { chat: path.normalize(chat) }),
  };
}

function byOriginAndName(left: CatalogEntry, right: CatalogEntry): number {
  if (left.origin === 'bundled' || right.origin === 'bundled') return left.origin === 'bundled' ? -1 : 1;
  const name = path.basename(left.path).localeCompare(path.basename(right.path));
  return name === 0 ? left.path.localeCompare(right.path) : name;
}

const MAX_NAME_CHARS = 80;

/** A model file is untrusted: its name may hold line breaks, control characters or marks that turn the direction of text. */
function printable(name: string): string {
  const plain = name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return plain.length > MAX_NAME_CHARS ? `${plain.slice(0, MAX_NAME_CHARS)}…` : plain;
}
