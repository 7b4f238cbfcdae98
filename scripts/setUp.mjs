// Brings a fresh clone to the point where it can be built: system packages, then the exact npm packages of the lockfile.
// Does nothing when both are there, so that running it again costs nothing.
import { statSync } from 'node:fs';
import path from 'node:path';
import { REPOSITORY } from './repository.mjs';
import { runCommand } from './runCommand.mjs';
import { ensureSystemPackages } from './systemPackages.mjs';

export async function setUp({ forTests }) {
  await ensureSystemPackages({ forTests });
  if (!nodeModulesAreCurrent()) {
    console.log('Installing npm packages (npm ci) …');
    await runNpm('ci');
  }
}

/** npm itself, however it was started. */
export function runNpm(...args) {
  const npmScript = process.env.npm_execpath;
  return npmScript?.endsWith('.js') ? runCommand(process.execPath, [npmScript, ...args]) : runCommand('npm', args);
}

/** npm writes node_modules/.package-lock.json last; a lockfile that is newer asks for another install. */
function nodeModulesAreCurrent() {
  const installed = statSync(path.join(REPOSITORY, 'node_modules', '.package-lock.json'), { throwIfNoEntry: false });
  return installed !== undefined && installed.mtimeMs >= statSync(path.join(REPOSITORY, 'package-lock.json')).mtimeMs;
}
