/**
 * bench/peers on tiny models: our engine in every mode, and llama.cpp where node-llama-cpp is installed for this platform.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PeerSummary } from '../../../bench/peers/figures.mjs';
import { REPOSITORY } from '../workerBundle';

const run = promisify(execFile);
/** llama.cpp's threads spin: beside other busy processes a few tokens take it seconds. */
const BUSY_MACHINE_MS = 240_000;
const LLAMA_BINARIES = path.join(REPOSITORY, 'node_modules/@node-llama-cpp/linux-x64/bins/linux-x64');

let folder: string;
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'bamboo-peers-test-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function runPeers(...args: string[]): Promise<{ engines: PeerSummary[]; page: string }> {
  const out = path.join(folder, 'result');
  const short = ['--shape', 'tiny', '--models', folder, '--out', out, '--rounds', '1', '--prefill', '16,24', '--tokens', '4'];
  await run(process.execPath, [path.join(REPOSITORY, 'bench/peers/run.mjs'), ...short, ...args]);
  const { engines } = JSON.parse(readFileSync(`${out}.json`, 'utf8')) as { engines: PeerSummary[] };
  return { engines, page: readFileSync(`${out}.md`, 'utf8') };
}

describe('bench/peers', () => {
  it('makes missing model files and measures our modes on the same prompt', async () => {
    const { engines, page } = await runPeers('--engines', 'dense,exact,predicted');
    expect(readdirSync(folder)).toContain('tiny_q4.llama.gguf');
    expect(engines.map(({ engine }) => engine)).toEqual(['bamboo dense', 'bamboo exact', 'bamboo predicted']);
    const [dense, exact, predicted] = engines;
    expect(dense?.bytesPerToken).toBeGreaterThan(exact?.bytesPerToken ?? Number.NaN);
    expect(predicted?.predictedShare).toBeGreaterThan(0);
    for (const { decodeMsPerToken, residentBytes, prefillTokensPerSecond } of engines) {
      expect(decodeMsPerToken).toBeGreaterThan(0);
      expect(residentBytes).toBeGreaterThan(0);
      expect(Object.keys(prefillTokensPerSecond)).toEqual(['16', '24']);
    }
    expect(page).toContain('| bamboo predicted |');
    expect(page).not.toContain(folder);
  });

  it.skipIf(!existsSync(LLAMA_BINARIES))(
    'runs llama.cpp, and once more without the kernels that it chose, in a copy',
    async () => {
      const { engines: whole } = await runPeers('--engines', 'llama.cpp');
      expect(whole).toMatchObject([{ engine: 'llama.cpp', threads: 2, kernels: expect.stringMatching(/^libggml-cpu-\w+\.so$/) as string }]);
      const kernels = whole[0]?.kernels ?? '';

      const { engines } = await runPeers('--engines', 'llama.cpp', '--llama-without', kernels);
      expect(engines[0]?.kernels).toBe(kernels);
      expect(engines[1]?.kernels).toMatch(/^libggml-cpu-\w+\.so$/);
      expect(engines[1]?.kernels).not.toBe(kernels);
      expect(existsSync(path.join(LLAMA_BINARIES, kernels))).toBe(true);
    },
    BUSY_MACHINE_MS,
  );
});
