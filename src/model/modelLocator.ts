/**
 * Where things lie: the package itself, the model it ships with, the tokenizer of a model file.
 * The same code serves the extension (from its extension root), the worker and the CLI (from their own folder).
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { fileMissing } from './modelErrors';
import { readModelManifest } from './modelManifest';

const BUNDLED_MODEL = 'bamboo-nano';
const TOKENIZER_FILE = 'tokenizer.json';

/** Path of the GGUF file that ships with the package. Errors: 'file-not-found', 'malformed-metadata'. */
export async function bundledModelPath(packageRoot: string): Promise<string> {
  const folder = bundledModelFolder(packageRoot);
  const manifest = await readModelManifest(folder);
  const modelPath = path.join(folder, manifest.model.file);
  if (!existsSync(modelPath)) {
    throw fileMissing(modelPath);
  }
  return modelPath;
}

export function bundledModelFolder(packageRoot: string): string {
  return path.join(packageRoot, 'models', BUNDLED_MODEL);
}

/** Where the tokenizer.json of a model file would be. */
export function tokenizerPathOf(modelPath: string): string {
  return path.join(path.dirname(modelPath), TOKENIZER_FILE);
}

/** Where the build puts the native library. */
export function addonPathOf(packageRoot: string): string {
  return path.join(packageRoot, 'dist', 'native', 'bamboo.node');
}

/** The nearest folder with a package.json, from a bundle in dist/ or a source file upwards. */
export function packageRootOf(startFolder: string): string {
  for (let folder = startFolder; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'package.json'))) {
      return folder;
    }
    if (folder === path.dirname(folder)) {
      return startFolder;
    }
  }
}

/** "unknown" when the package.json is gone or damaged: a version is never worth failing for. */
export function packageVersion(packageRoot: string): string {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8'));
    return v.parse(v.looseObject({ version: v.string() }), manifest).version;
  } catch {
    return 'unknown';
  }
}
