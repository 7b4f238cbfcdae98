// Builds everything that runs: the native library and the bundles. What `npm run build` does, for the scripts that need it first.
import path from 'node:path';
import { REPOSITORY } from './repository.mjs';
import { runCommand } from './runCommand.mjs';

export async function buildAll() {
  await runScript('buildNative.mjs');
  await runScript('bundle.mjs');
}

/** Each in a process of its own: they import packages that did not exist yet when this process started. */
export function runScript(name, ...args) {
  return runCommand(process.execPath, [path.join(REPOSITORY, 'scripts', name), ...args]);
}
