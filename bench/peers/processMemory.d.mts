import type { ProcessMemory } from './figures.mjs';

export function readMemory(status: string, smapsRollup: string): ProcessMemory;
