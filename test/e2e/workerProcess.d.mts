export function workerPids(extensionsFolder: string): number[];
