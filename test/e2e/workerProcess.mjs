// The extension's worker as the operating system sees it: found in the process list by the installed extension's path.
// It asks the extension nothing, so that it also tells the truth when the extension does not.
import { readFileSync, readdirSync } from 'node:fs';

/** Process ids that run dist/worker.js of an extension installed under this folder. */
export function workerPids(extensionsFolder) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => commandLine(pid).some((argument) => argument.startsWith(extensionsFolder) && argument.endsWith('/dist/worker.js')))
    .map(Number);
}

/** Empty for a process that ended while we looked. */
function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
