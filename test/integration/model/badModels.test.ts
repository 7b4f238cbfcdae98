/**
 * Model files that are damaged or incomplete, given to the command line: one line with a code, and exit code 1.
 */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from './commandLine';
import { makeTinyModels, makeVariantModels, readFloat32, TINY_VOCAB_SIZE, tinyModelPath, variantPath } from './reference';

let folder: string;
const inFolder = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  await makeTinyModels('q4_0');
  folder = mkdtempSync(path.join(tmpdir(), 'bamboo-models-'));
  const good = readFileSync(tinyModelPath('q4_0', 'dense'));
  copyFileSync(tinyModelPath('q4_0', 'dense'), inFolder('good.gguf'));
  await makeVariantModels();
  copyFileSync(variantPath('q4_0'), inFolder('no-vocabulary.gguf'));
  writeFileSync(inFolder('empty.gguf'), '');
  writeFileSync(inFolder('text.gguf'), '<!DOCTYPE html><title>404</title>'.repeat(50));
  writeFileSync(inFolder('version.gguf'), withBytes(good, 4, Buffer.from([9, 0, 0, 0])));
  writeFileSync(inFolder('header-cut.gguf'), good.subarray(0, 1000));
  writeFileSync(inFolder('data-cut.gguf'), good.subarray(0, good.length - 1000));
  writeFileSync(inFolder('counts.gguf'), withBytes(good, 8, Buffer.alloc(16, 0xff)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function withBytes(content: Buffer, offset: number, bytes: Buffer): Buffer {
  const changed = Buffer.from(content);
  bytes.copy(changed, offset);
  return changed;
}

const inspect = (name: string): string[] => ['inspect', inFolder(name)];
const logits = (name: string): string[] => ['logits', '--model', inFolder(name), '--tokens', '1,2', '--out', inFolder('out.f32')];

async function expectFailure(args: readonly string[], code: RegExp): Promise<void> {
  const { exitCode, stdout, stderr } = await runCommandLine(args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(/^[a-z-]+: .+\n$/);
  expect(stderr.split(':', 1)[0]).toMatch(code);
}

describe.each([
  ['inspect', inspect],
  ['logits', logits],
] as const)('%s refuses', (_name, command) => {
  it.each([
    ['a file that is not there', 'absent.gguf', /^file-not-found$/],
    ['an empty file', 'empty.gguf', /^(truncated-file|bad-magic)$/],
    ['a web page under a model name', 'text.gguf', /^bad-magic$/],
    ['a version from the future', 'version.gguf', /^unsupported-version$/],
    ['a header that is cut off', 'header-cut.gguf', /^truncated-file$/],
    ['tensor data that is cut off', 'data-cut.gguf', /^truncated-file$/],
    ['impossible counts', 'counts.gguf', /^(truncated-file|malformed-header)$/],
  ])('%s', async (_what, file, code) => {
    await expectFailure(command(file), code);
  });
});

describe('a good model', () => {
  it('without a vocabulary and without tokenizer.json beside it: text is refused', async () => {
    await expectFailure(['generate', '--model', inFolder('no-vocabulary.gguf'), '--prompt', 'x'], /^missing-tokenizer$/);
  });

  it('computes logits of token ids', async () => {
    const { exitCode } = await runCommandLine(logits('good.gguf'));
    expect(exitCode).toBe(0);
    expect(readFloat32(inFolder('out.f32'))).toHaveLength(2 * TINY_VOCAB_SIZE);
  });

  it('with a token id that it does not have: the id is named', async () => {
    const args = ['logits', '--model', inFolder('good.gguf'), '--tokens', `1,${TINY_VOCAB_SIZE}`, '--out', inFolder('out.f32')];
    const { exitCode, stderr } = await runCommandLine(args);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^invalid-argument: .*512/);
  });
});
