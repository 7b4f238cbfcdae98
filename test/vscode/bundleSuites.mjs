// Bundles the Mocha suites into build/vscode-tests/ so that an extension host can load them. Mocha stays outside: it loads its own files.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { REPOSITORY } from '../../scripts/repository.mjs';

const OUTPUT = path.join(REPOSITORY, 'build', 'vscode-tests');
const SUITES = path.join(REPOSITORY, 'test', 'vscode', 'suite');

/** Resolves with the file whose run() starts all suites. */
export async function bundleSuites() {
  await build({
    absWorkingDir: REPOSITORY,
    entryPoints: readdirSync(SUITES).map((name) => path.join(SUITES, name)),
    outdir: OUTPUT,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return path.join(OUTPUT, 'index.js');
}
