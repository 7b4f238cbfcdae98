/**
 * Which instruction sets this machine can be tested on, and the skip with its reason for those that it lacks.
 */
import type { TestContext } from 'vitest';
import { EngineError } from '../../../src/protocol/engineError';
import { withEngineChild } from './engineChild';

/** What the library has kernels for on this processor family, slowest first. */
export const FAMILY_ISAS: readonly string[] = process.arch === 'arm64' ? ['portable', 'neon'] : ['portable', 'avx2', 'avx512vnni'];

/** Those whose prefill computes in bf16 on tiles: in the CPU, or emulated where it can convert to bf16. */
export const TILE_ISAS: readonly string[] = process.arch === 'arm64' ? [] : ['amx_emulated', 'amx'];

/** A name of the other family: known, and never available here. */
export const FOREIGN_ISA = process.arch === 'arm64' ? 'avx2' : 'neon';

/** The instruction sets of both lists that the library accepts on this machine. */
export async function availableIsas(): Promise<ReadonlySet<string>> {
  const available = new Set<string>();
  for (const isa of [...FAMILY_ISAS, ...TILE_ISAS]) {
    if (await isAvailable(isa)) {
      available.add(isa);
    }
  }
  return available;
}

export function skipWithout(isa: string, available: ReadonlySet<string>, context: TestContext): void {
  context.skip(!available.has(isa), `the library has no ${isa} kernels for this processor`);
}

async function isAvailable(isa: string): Promise<boolean> {
  try {
    return (await withEngineChild(isa, (child) => child.isa())) === isa;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'unsupported-isa') {
      return false;
    }
    throw error;
  }
}
