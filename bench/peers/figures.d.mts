export interface ProcessMemory {
  rssAnonBytes: number;
  rssFileBytes: number;
  peakRssBytes: number;
  hugePageBytes: number;
}
export interface PeerRun {
  engine: string;
  round: number;
  bandwidth: number;
  fileBytes: number;
  version: string;
  kernels: string;
  threads: number;
  loadMs: number;
  prefillMs: Record<string, number>;
  decodeMsPerToken: number;
  bytesPerToken: number;
  predictedShare?: number;
  activeShare?: number;
  cpusBusy: number;
  memoryAfterLoad?: ProcessMemory;
  memoryAfterRun?: ProcessMemory;
}
export interface PeerSummary {
  engine: string;
  version: string;
  kernels: string;
  threads: number;
  decodeMsPerToken: number;
  decodeMsPerTokenRange: [number, number];
  decodeSpeedRatio: number | undefined;
  prefillTokensPerSecond: Record<string, number>;
  prefillSpeedRatio: Record<string, number | undefined>;
  loadMs: number;
  fileBytes: number;
  residentBytes?: number;
  residentShareOfFile?: number;
  rssAnonBytes?: number;
  rssFileBytes?: number;
  residentAfterLoadBytes?: number;
  peakRssBytes?: number;
  hugePageBytes?: number;
  bytesPerToken: number;
  bytesPerSecond: number;
  bandwidthShare: number;
  predictedShare: number | undefined;
  activeShare: number | undefined;
  cpusBusy: number;
}
export function median(values: readonly number[]): number;
export function summarizeEngines(runs: readonly PeerRun[], reference: string): PeerSummary[];
