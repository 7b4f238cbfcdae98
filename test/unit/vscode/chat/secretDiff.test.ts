import { describe, expect, test, vi } from 'vitest';
import { LEFT_OUT, withoutSecretFiles } from '../../../../src/vscode/chat/secretDiff';
import { readStagedChanges } from '../../../../src/vscode/chat/stagedChanges';

vi.mock('vscode', () => import('../fakeVscode'));

const section = (from: string, to: string, line: string) =>
  `diff --git ${from} ${to}\nindex 1..2 100644\n--- ${from}\n+++ ${to}\n@@ -1 +1 @@\n+${line}\n`;
const CODE = section('a/cart.ts', 'b/cart.ts', 'const total = 1;');

describe('a diff for a model', () => {
  test.each([
    ['a changed one', section('a/.env', 'b/.env', 'KEY=hunter2')],
    ['one in a folder', section('a/deep/er/server.pem', 'b/deep/er/server.pem', 'hunter2')],
    ['a new one', section('/dev/null', 'b/.env', 'KEY=hunter2')],
    ['a deleted one', section('a/.env', '/dev/null', 'KEY=hunter2')],
    ['one with spaces in its name', section('a/my own.pem', 'b/my own.pem\t', 'hunter2')],
    ['one with a quoted name', section('"a/schl\\303\\274ssel.pem"', '"b/schl\\303\\274ssel.pem"', 'hunter2')],
    ['one that was renamed', 'diff --git a/.env b/plain.txt\nrename from .env\nrename to plain.txt\n@@ -1 +1 @@\n+hunter2\n'],
    ['one whose contents look like another file', section('a/.env', 'b/.env', 'A=\rdiff --git a/x.ts b/x.ts\r+hunter2')],
  ])('leaves out %s', (_what, secret) => {
    expect(withoutSecretFiles(`${CODE}${secret}${CODE}`)).toBe(`${CODE}${LEFT_OUT}\n${CODE}`);
  });

  test('keeps everything else as it is, also code that names such a file', () => {
    const diff = `${CODE}${section('a/read.ts', 'b/read.ts', "read('.env')")}`;
    expect(withoutSecretFiles(diff)).toBe(diff);
  });

  test('is what the staged changes are read as', async () => {
    const diff = `${CODE}${section('a/.env', 'b/.env', 'KEY=hunter2')}`;
    const repository = { rootUri: {} as never, inputBox: { value: '' }, diff: () => Promise.resolve(diff) };
    expect((await readStagedChanges(repository)).text).toBe(`${CODE}${LEFT_OUT}\n`);
  });
});
