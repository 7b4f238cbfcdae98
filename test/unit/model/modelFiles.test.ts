/**
 * Where a model's files are found and how they are checked.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundledModelFolder, bundledModelPath, packageRootOf, packageVersion, tokenizerPathOf } from '../../../src/model/modelLocator';
import { checkManifestFile, readModelManifest } from '../../../src/model/modelManifest';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'bamboo-model-'));
  folder = bundledModelFolder(root);
  mkdirSync(folder, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const WEIGHTS = 'GGUF weights';
const entryOf = (file: string, content: string) => ({
  file,
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});
const MANIFEST = {
  formatVersion: 1,
  name: 'bamboo-nano',
  version: '1',
  license: 'Apache-2.0',
  model: entryOf('nano.gguf', WEIGHTS),
  tokenizer: entryOf('tokenizer.json', '{}'),
};

function write(file: string, content: string): void {
  writeFileSync(path.join(folder, file), content);
}

describe('the bundled model', () => {
  it('is the file that the manifest names', async () => {
    write('manifest.json', JSON.stringify(MANIFEST));
    write('nano.gguf', WEIGHTS);
    expect(await bundledModelPath(root)).toBe(path.join(folder, 'nano.gguf'));
  });

  it('is missing, by path, when the file or the manifest is not there', async () => {
    await expect(bundledModelPath(root)).rejects.toMatchObject({
      code: 'file-not-found',
      message: expect.stringContaining('manifest.json') as string,
    });
    write('manifest.json', JSON.stringify(MANIFEST));
    await expect(bundledModelPath(root)).rejects.toMatchObject({
      code: 'file-not-found',
      message: expect.stringContaining('nano.gguf') as string,
    });
  });

  it.each([
    ['no JSON', '{'],
    ['an unknown format', JSON.stringify({ ...MANIFEST, formatVersion: 2 })],
    ['a file outside its folder', JSON.stringify({ ...MANIFEST, model: { ...MANIFEST.model, file: '../secret.gguf' } })],
    ['a checksum that is none', JSON.stringify({ ...MANIFEST, model: { ...MANIFEST.model, sha256: 'abc' } })],
  ])('is refused with a manifest of %s', async (_name, json) => {
    write('manifest.json', json);
    await expect(readModelManifest(folder)).rejects.toMatchObject({ code: 'malformed-metadata' });
  });
});

describe('checking a file', () => {
  it('tells intact, missing, truncated and damaged files apart', async () => {
    expect(await checkManifestFile(folder, MANIFEST.model)).toBe('missing');
    write('nano.gguf', WEIGHTS);
    expect(await checkManifestFile(folder, MANIFEST.model)).toBe('intact');
    write('nano.gguf', WEIGHTS.slice(1));
    expect(await checkManifestFile(folder, MANIFEST.model)).toBe('wrong-size');
    write('nano.gguf', WEIGHTS.toLowerCase());
    expect(await checkManifestFile(folder, MANIFEST.model)).toBe('wrong-checksum');
  });
});

describe('places', () => {
  it('expects the tokenizer beside the model', () => {
    expect(tokenizerPathOf(path.join(folder, 'nano.gguf'))).toBe(path.join(folder, 'tokenizer.json'));
  });

  it('finds the package from a folder inside it, and its version', () => {
    writeFileSync(path.join(root, 'package.json'), JSON.stringify({ version: '9.8.7' }));
    expect(packageRootOf(folder)).toBe(root);
    expect(packageVersion(root)).toBe('9.8.7');
  });

  it('does not fail for a package without a version', () => {
    expect(packageVersion(root)).toBe('unknown');
  });
});
