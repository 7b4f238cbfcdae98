import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SCAN_LIMITS, scanModelFolders } from '../../../src/model/modelFolderScan';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bamboo-scan-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(...names: string[]): void {
  for (const name of names) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), '');
  }
}

async function found(...folders: string[]): Promise<string[]> {
  const { paths } = await scanModelFolders(folders);
  return paths.map((each) => path.relative(folder, each)).sort();
}

describe('looking for models in folders', () => {
  test('finds GGUF files in the folder and two levels below it, and no deeper', async () => {
    put('a.gguf', 'one/b.GGUF', 'one/two/c.gguf', 'one/two/three/d.gguf', 'notes.txt');
    expect(await found(folder)).toEqual(['a.gguf', 'one/b.GGUF', 'one/two/c.gguf']);
  });

  test('follows no link to a folder, so a circle of links ends', async () => {
    put('a.gguf');
    symlinkSync(folder, path.join(folder, 'again'));
    symlinkSync(path.join(folder, 'a.gguf'), path.join(folder, 'link.gguf'));
    expect(await found(folder)).toEqual(['a.gguf', 'link.gguf']);
  });

  test('says which named folder cannot be read, and goes on with the others', async () => {
    put('a.gguf');
    const absent = path.join(folder, 'absent');
    const scan = await scanModelFolders([absent, folder]);
    expect(scan).toEqual({ paths: [path.join(folder, 'a.gguf')], truncated: false, unreadable: [absent] });
  });

  test('stops at the limit of files and says so', async () => {
    put(...Array.from({ length: SCAN_LIMITS.files + 1 }, (_, index) => `m${index}.gguf`));
    const scan = await scanModelFolders([folder]);
    expect(scan.paths).toHaveLength(SCAN_LIMITS.files);
    expect(scan.truncated).toBe(true);
  });

  test('looks into so many named folders and no more, and says so', async () => {
    put('a.gguf');
    const scan = await scanModelFolders([...Array<string>(SCAN_LIMITS.folders).fill(path.join(folder, 'absent')), folder]);
    expect(scan).toMatchObject({ paths: [], truncated: true });
  });
});
