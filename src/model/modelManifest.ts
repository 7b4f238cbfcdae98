/**
 * manifest.json beside a bundled model: which files belong to it, their sizes and SHA-256 sums.
 * Reading it is cheap; the sums are only computed when someone asks (a model of 100 MB takes about half a second).
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as v from 'valibot';
import { EngineError } from '../protocol/engineError';
import { fileMissing, malformedManifest } from './modelErrors';

export const MANIFEST_FILE = 'manifest.json';

// A plain name: a manifest must not reach files outside its own folder.
const fileName = v.pipe(v.string(), v.regex(/^[\w][\w.-]*$/, 'not a plain file name'));
const fileEntry = v.object({
  file: fileName,
  bytes: v.pipe(v.number(), v.integer(), v.minValue(1)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'not a SHA-256 sum in lower-case hex')),
});
const manifestSchema = v.object({
  formatVersion: v.literal(1),
  name: v.pipe(v.string(), v.minLength(1)),
  version: v.string(),
  license: v.string(),
  model: fileEntry,
  tokenizer: fileEntry,
});

export type ModelManifest = v.InferOutput<typeof manifestSchema>;
export type ManifestFile = v.InferOutput<typeof fileEntry>;

/** Errors: 'file-not-found', 'malformed-metadata'. */
export async function readModelManifest(folder: string): Promise<ModelManifest> {
  const manifestPath = path.join(folder, MANIFEST_FILE);
  let json: string;
  try {
    json = await readFile(manifestPath, 'utf8');
  } catch {
    throw fileMissing(manifestPath);
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw malformedManifest(manifestPath, error instanceof Error ? error.message : 'it is not JSON');
  }
  const result = v.safeParse(manifestSchema, value);
  if (!result.success) {
    const [issue] = result.issues;
    throw malformedManifest(manifestPath, `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  }
  return result.output;
}

export interface ModelIdentity {
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** The manifest of a folder that holds a model file and its tokenizer. Errors: 'file-not-found', 'invalid-argument'. */
export async function describeModelFolder(folder: string, { file, name, version, license }: ModelIdentity): Promise<ModelManifest> {
  const manifest = {
    formatVersion: 1,
    name,
    version,
    license,
    model: await describeFile(folder, file),
    tokenizer: await describeFile(folder, 'tokenizer.json'),
  };
  const result = v.safeParse(manifestSchema, manifest);
  if (!result.success) {
    const [issue] = result.issues;
    throw new EngineError('invalid-argument', `${v.getDotPath(issue) ?? 'the manifest'}: ${issue.message}`);
  }
  return result.output;
}

async function describeFile(folder: string, file: string): Promise<ManifestFile> {
  const filePath = path.join(folder, file);
  const bytes = await sizeOf(filePath);
  if (bytes === undefined) {
    throw fileMissing(filePath);
  }
  return { file, bytes, sha256: await sha256OfFile(filePath) };
}

export type FileCheck = 'intact' | 'missing' | 'wrong-size' | 'wrong-checksum';

/** Compares the size first, so that a truncated file is found without reading it. */
export async function checkManifestFile(folder: string, entry: ManifestFile): Promise<FileCheck> {
  const filePath = path.join(folder, entry.file);
  const bytes = await sizeOf(filePath);
  if (bytes === undefined) {
    return 'missing';
  }
  if (bytes !== entry.bytes) {
    return 'wrong-size';
  }
  return (await sha256OfFile(filePath)) === entry.sha256 ? 'intact' : 'wrong-checksum';
}

export async function sha256OfFile(filePath: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(filePath), hash);
  return hash.digest('hex');
}

async function sizeOf(filePath: string): Promise<number | undefined> {
  try {
    return (await stat(filePath)).size;
  } catch {
    return undefined;
  }
}
