// Puts the Node addon that a release build made where the worker looks for it: dist/native/bamboo.node.
import { copyFile, mkdir, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { buildFolder } from './nativeBuild.mjs';
import { REPOSITORY } from './repository.mjs';

const ADDON = 'bamboo.node';

export async function installAddon() {
  const folder = buildFolder('release');
  const names = await readdir(folder, { recursive: true });
  const built = names.find((name) => path.basename(name) === ADDON);
  if (built === undefined) throw new Error(`The build made no ${ADDON} under ${folder}: look at native/addon/CMakeLists.txt.`);
  const target = path.join(REPOSITORY, 'dist', 'native', ADDON);
  await mkdir(path.dirname(target), { recursive: true });
  // Written beside and renamed: a worker that has the old file mapped keeps it.
  await copyFile(path.join(folder, built), `${target}.new`);
  await rename(`${target}.new`, target);
  console.log(`built ${path.relative(REPOSITORY, target)}`);
}
