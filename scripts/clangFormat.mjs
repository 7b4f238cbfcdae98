#!/usr/bin/env node
// Checks (or with --write applies) the C++ format over native/, test/native/ and bench/.
// Without clang-format it says so and succeeds: the editor parts can be worked on without it; CI installs it.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { REPOSITORY } from './repository.mjs';
import { runCommand } from './runCommand.mjs';

const FOLDERS = ['native', 'test/native', 'bench'];
const SOURCE = /\.(cc|h|inc|cu|cuh)$/;

const available = await runCommand('clang-format', ['--version'], { echo: false }).catch(() => undefined);
if (available === undefined) {
  console.log('C++ format not checked: clang-format is not installed.');
  process.exit(0);
}

const files = [];
for (const folder of FOLDERS) {
  if (!existsSync(path.join(REPOSITORY, folder))) continue;
  const names = await readdir(path.join(REPOSITORY, folder), { recursive: true });
  files.push(...names.filter((name) => SOURCE.test(name)).map((name) => path.join(folder, name)));
}
const mode = process.argv.includes('--write') ? ['-i'] : ['--dry-run', '-Werror'];
if (files.length > 0) await runCommand('clang-format', [...mode, '--style=file', ...files]);
console.log(`C++ format: ${files.length} files ${mode[0] === '-i' ? 'written' : 'as they should be'}`);
