// Makes sure that the compilers and tools from the operating system are there: installs them on Debian and Ubuntu
// when it may (root or password-less sudo), else prints the one command to run. Runs before npm ci, so it uses Node alone.
import { existsSync } from 'node:fs';
import { chromiumPath, programPath } from './programPath.mjs';
import { runCommand } from './runCommand.mjs';

/** What building and starting needs. */
const BUILD_PACKAGES = [
  { name: 'cmake', isPresent: () => programPath('cmake') },
  { name: 'ninja-build', isPresent: () => programPath('ninja') },
  { name: 'g++', isPresent: () => programPath('g++', 'c++') },
  { name: 'make', isPresent: () => programPath('make') }, // two native modules of code-server are compiled with it
  { name: 'python3', isPresent: () => programPath('python3') }, // and node-gyp needs this
  { name: 'git', isPresent: () => programPath('git') },
];

const TEST_PACKAGES = [
  { name: 'libgtest-dev', isPresent: () => existsSync('/usr/src/googletest/CMakeLists.txt') },
  { name: 'python3-numpy', isPresent: hasNumpy },
  { name: 'chromium', isPresent: chromiumPath },
  { name: 'clang-format', isPresent: () => programPath('clang-format') },
  { name: 'g++-aarch64-linux-gnu', isPresent: () => programPath('aarch64-linux-gnu-g++') },
  { name: 'qemu-user', isPresent: () => programPath('qemu-aarch64') },
];

export async function ensureSystemPackages({ forTests }) {
  const missing = [];
  for (const { name, isPresent } of [...BUILD_PACKAGES, ...(forTests ? TEST_PACKAGES : [])]) {
    if (!(await isPresent())) missing.push(name);
  }
  if (missing.length === 0) return;
  const asRoot = await rootPrefix();
  if (programPath('apt-get') === undefined || asRoot === undefined) {
    console.error(`These system packages are missing (Debian/Ubuntu names): ${missing.join(' ')}`);
    console.error(`Install them, then run the command again:\n\n  sudo apt-get update && sudo apt-get install -y ${missing.join(' ')}\n`);
    process.exit(1);
  }
  console.log(`Installing system packages: ${missing.join(' ')}`);
  const [program, ...prefix] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
  await runCommand(program, [...prefix, 'update', '-qq'], { echo: false });
  await runCommand(program, [...prefix, 'install', '-y', '-qq', '--no-install-recommends', ...missing], { echo: false });
}

/** What to put before a command so that it runs as root: nothing, sudo, or undefined when neither works without a password. */
async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  if (programPath('sudo') === undefined) return undefined;
  const { exitCode } = await runCommand('sudo', ['-n', 'true'], { echo: false, mayFail: true });
  return exitCode === 0 ? ['sudo', '-n'] : undefined;
}

async function hasNumpy() {
  const python = programPath('python3');
  if (python === undefined) return false;
  return (await runCommand(python, ['-c', 'import numpy'], { echo: false, mayFail: true })).exitCode === 0;
}
