// What one process occupies, as Linux reports it in /proc; elsewhere there are no figures.
import { readFileSync } from 'node:fs';

/** Bytes of the calling process; undefined where there is no /proc. */
export function processMemory() {
  try {
    return readMemory(readFileSync('/proc/self/status', 'utf8'), readFileSync('/proc/self/smaps_rollup', 'utf8'));
  } catch {
    return undefined;
  }
}

/** From the texts of /proc/PID/status and /proc/PID/smaps_rollup, both in kB. */
export function readMemory(status, smapsRollup) {
  const bytes = (text, key) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
  return {
    rssAnonBytes: bytes(status, 'RssAnon'),
    rssFileBytes: bytes(status, 'RssFile'),
    peakRssBytes: bytes(status, 'VmHWM'),
    hugePageBytes: bytes(smapsRollup, 'AnonHugePages') + bytes(smapsRollup, 'FilePmdMapped'),
  };
}

/** Files of the calling process's mappings whose name begins with `prefix`: which variant of a library was loaded. */
export function mappedLibraries(prefix) {
  try {
    const names = readFileSync('/proc/self/maps', 'utf8').match(/[^/\s]+\.so[.\d]*$/gm) ?? [];
    return [...new Set(names)].filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}
