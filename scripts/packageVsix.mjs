#!/usr/bin/env node
// Packages what was built (npm run build) as build/bamboo.vsix for the platform it runs on, and refuses a package that is
// not exactly what a user should get: the bundles, the native library, the bundled model, and nothing else.
import { existsSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { PackageManager, createVSIX, listFiles } from '@vscode/vsce';
import { REPOSITORY } from './repository.mjs';

const MIB = 2 ** 20;
const MODEL = 'models/bamboo-nano/bamboo-nano.gguf';
const CONTENTS = [
  'package.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'media/icon.png',
  'dist/extension.js',
  'dist/worker.js',
  'dist/cli.js',
  'dist/native/bamboo.node',
  'dist/webview/dashboard.js',
  'dist/webview/dashboard.css',
  'dist/webview/chat.js',
  'dist/webview/chat.css',
  'dist/webview/codicon.css',
  'dist/webview/codicon.ttf',
  'media/bamboo.svg',
  MODEL,
  'models/bamboo-nano/bamboo-nano.calibration.json',
  'models/bamboo-nano/tokenizer.json',
  'models/bamboo-nano/manifest.json',
  'models/bamboo-nano/README.md',
];
/** A model smaller than this is a placeholder of it. */
const MIN_MODEL_BYTES = 40 * MIB;
/** 105 M parameters at 8 bits are 107 MiB; everything else together is below 4 MiB. */
const MAX_VSIX_BYTES = 120 * MIB;

const vsix = path.join(REPOSITORY, 'build', 'bamboo.vsix');

const files = await listFiles({ cwd: REPOSITORY, packageManager: PackageManager.None });
refuseUnless(difference(CONTENTS, files).length === 0, `missing from the package: ${difference(CONTENTS, files).join(', ')}`);
refuseUnless(difference(files, CONTENTS).length === 0, `not meant to be in the package: ${difference(files, CONTENTS).join(', ')}`);
const modelBytes = (await stat(path.join(REPOSITORY, MODEL))).size;
refuseUnless(modelBytes >= MIN_MODEL_BYTES, `${MODEL} has ${modelBytes} bytes: this is not the model`);

await mkdir(path.dirname(vsix), { recursive: true });
await createVSIX({
  cwd: REPOSITORY,
  packagePath: vsix,
  target: `${process.platform}-${process.arch}`,
  dependencies: false, // they are inside the bundles
  allowMissingRepository: true,
  rewriteRelativeLinks: false,
});
refuseUnless(existsSync(vsix), 'vsce made no file');
const vsixBytes = (await stat(vsix)).size;
refuseUnless(vsixBytes <= MAX_VSIX_BYTES, `${vsixBytes} bytes are more than the ${MAX_VSIX_BYTES} allowed`);
console.log(`packaged ${path.relative(REPOSITORY, vsix)}: ${files.length} files, ${(vsixBytes / MIB).toFixed(1)} MiB`);

function difference(left, right) {
  return left.filter((name) => !right.includes(name));
}

function refuseUnless(condition, message) {
  if (condition) return;
  console.error(`The package is not made: ${message}.`);
  process.exit(1);
}
