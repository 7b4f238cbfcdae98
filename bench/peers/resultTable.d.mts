import type { PeerSummary } from './figures.mjs';

export interface PeerReport {
  command: string;
  machine: { cpu: string; logicalCpus: number; instructionSets: string[]; node: string; nodeLlamaCpp: string | undefined };
  options: { shape: string; threads: number; rounds: number; prefill: number[]; tokens: number };
  loadAverages: number[];
  readBandwidthBytesPerSecond: number;
  readBandwidthRange: [number, number];
  reference: string;
  engines: PeerSummary[];
}
export function resultPage(report: PeerReport): string;
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string;
