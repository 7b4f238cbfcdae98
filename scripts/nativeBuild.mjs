// Configures and compiles the native library with CMake and Ninja, one build folder per preset under build/.
// Shared by buildNative.mjs (the addon) and testNative.mjs (the tests).
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { REPOSITORY } from './repository.mjs';
import { runCommand } from './runCommand.mjs';

const NATIVE = path.join(REPOSITORY, 'native');
const MODULES = path.join(REPOSITORY, 'node_modules');

/** The headers of Node's C API come from npm packages, so no Node headers have to be installed. */
const NODE_HEADERS = [
  `-DNODE_ADDON_API_DIR=${path.join(MODULES, 'node-addon-api')}`,
  `-DNODE_API_HEADERS_DIR=${path.join(MODULES, 'node-api-headers', 'include')}`,
];

export const JOBS = String(availableParallelism());

export function buildFolder(preset) {
  return path.join(REPOSITORY, 'build', preset);
}

export async function configurePreset(preset, { tests }) {
  await runCommand('cmake', ['--preset', preset, `-DBAMBOO_TESTS=${tests ? 'ON' : 'OFF'}`, ...NODE_HEADERS], { cwd: NATIVE });
}

/** `targets` empty: everything. A folder's tests are the target `<folder below the build folder>/all`. */
export async function build(preset, targets = []) {
  const wanted = targets.length > 0 ? ['--target', ...targets] : [];
  await runCommand('cmake', ['--build', buildFolder(preset), '--parallel', JOBS, ...wanted]);
}
