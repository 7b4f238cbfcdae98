// A copy of node-llama-cpp in which some of llama.cpp's libraries are missing, so that it falls back to the next best.
// node_modules stays as it is: the two packages are copied, what they depend on is linked.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PACKAGE = 'node-llama-cpp';
const BINARIES = path.join('@node-llama-cpp', 'linux-x64');

/** The node_modules folder that holds node-llama-cpp, or undefined when it is not installed for this platform. */
export function llamaModulesFolder() {
  const folders = createRequire(import.meta.url).resolve.paths(PACKAGE) ?? [];
  return folders.find((folder) => [PACKAGE, BINARIES].every((name) => existsSync(path.join(folder, name))));
}

/** `module` is the file to import; `remove` deletes the copy. */
export function llamaWithout(modulesFolder, libraries) {
  const folder = mkdtempSync(path.join(tmpdir(), 'bamboo-llama-'));
  const modules = path.join(folder, 'node_modules');
  mkdirSync(path.join(modules, '@node-llama-cpp'), { recursive: true });
  for (const name of [PACKAGE, BINARIES]) cpSync(path.join(modulesFolder, name), path.join(modules, name), { recursive: true });
  for (const name of readdirSync(modulesFolder)) {
    if (!existsSync(path.join(modules, name))) symlinkSync(path.join(modulesFolder, name), path.join(modules, name));
  }
  for (const library of libraries) {
    const file = path.join(modules, BINARIES, 'bins', 'linux-x64', library);
    if (!existsSync(file)) throw new Error(`node-llama-cpp has no ${library} that could be left out.`);
    rmSync(file);
  }
  return {
    module: path.join(modules, PACKAGE, 'dist', 'index.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
