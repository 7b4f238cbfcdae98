export interface PeerEngine {
  name: string;
  /** Ours when there is one. */
  mode?: string;
  /** Libraries that llama.cpp runs without. */
  without?: string[];
}
export interface PeerOptions {
  models: string | undefined;
  shape: string;
  engines: PeerEngine[];
  threads: number;
  rounds: number;
  prefill: number[];
  tokens: number;
  context: number;
  out: string | undefined;
  help: boolean;
}
export class PeerUsageError extends Error {}
export const USAGE: string;
export function readPeerOptions(argv: readonly string[]): PeerOptions;
