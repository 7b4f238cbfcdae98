// Finds programs on the PATH without running them.
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** The full path of the first of the names that is on the PATH, or undefined. */
export function programPath(...names) {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  for (const name of names) {
    const found = folders.map((folder) => path.join(folder, name)).find(isExecutable);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A Chrome or Chromium to drive; BAMBOO_CHROMIUM names another one. */
export function chromiumPath() {
  return (
    process.env.BAMBOO_CHROMIUM ?? programPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge')
  );
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
