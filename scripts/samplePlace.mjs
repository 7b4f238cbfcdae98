// The place in the sample project where `npm start` shows its first completion and puts the cursor.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { REPOSITORY } from './repository.mjs';

export const SAMPLE_PROJECT = path.join(REPOSITORY, 'docs', 'sample');
export const SAMPLE_FILE = path.join('src', 'cart.ts');

/** The end of the unfinished line of totalCents: `total += `. Line and column count from 1. */
export function samplePlace() {
  const lines = readFileSync(path.join(SAMPLE_PROJECT, SAMPLE_FILE), 'utf8').split('\n');
  const index = lines.findIndex((line) => line.endsWith('total += '));
  if (index < 0) throw new Error(`${SAMPLE_FILE} of the sample project has no line that ends in "total += ".`);
  return { line: index + 1, column: lines[index].length + 1, text: lines[index] };
}
