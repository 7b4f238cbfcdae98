#!/usr/bin/env node
// Bundles the TypeScript entry points into dist/: the extension, its worker process, the command line and the sidebar's views.
// Runs after `npm ci`; it does not type-check (npm run typecheck) and does not touch native code (buildNative.mjs).
import { existsSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { REPOSITORY } from './repository.mjs';

const ENTRY_POINTS = [
  { source: 'src/extension.ts', output: 'dist/extension.js', external: ['vscode'] },
  { source: 'src/worker/main.ts', output: 'dist/worker.js', external: [] },
  { source: 'src/cli/main.ts', output: 'dist/cli.js', external: [], banner: '#!/usr/bin/env node' },
];

for (const { source, output, external, banner } of ENTRY_POINTS) {
  if (!existsSync(path.join(REPOSITORY, source))) {
    throw new Error(`${source} is missing: the bundle ${output} cannot be made.`);
  }
  await build({
    absWorkingDir: REPOSITORY,
    entryPoints: [source],
    outfile: output,
    external,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: true,
    logLevel: 'warning',
    ...(banner && { banner: { js: banner } }),
  });
}
const VIEWS = ['dashboard', 'chat'];
await build({
  absWorkingDir: REPOSITORY,
  entryPoints: VIEWS.map((view) => ({ in: `src/webview/${view}/main.tsx`, out: view })),
  outdir: 'dist/webview',
  bundle: true,
  minify: true,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  logLevel: 'warning',
});
for (const file of ['codicon.css', 'codicon.ttf']) {
  await copyFile(path.join(REPOSITORY, 'node_modules/@vscode/codicons/dist', file), path.join(REPOSITORY, 'dist/webview', file));
}
await chmod(path.join(REPOSITORY, 'dist/cli.js'), 0o755);
console.log(`bundled ${[...ENTRY_POINTS.map((entry) => entry.output), ...VIEWS.map((view) => `dist/webview/${view}.js`)].join(', ')}`);
