// How every test runner of this repository reports to `npm test`: one JSON file per stage, { passed, failed, skipped: [{ name, reason }] }.
// The runner of a stage gets the file's path in BAMBOO_TEST_COUNTS; it writes nothing when started by hand.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export function writeCounts({ passed, failed, skipped }) {
  const file = process.env.BAMBOO_TEST_COUNTS;
  if (file === undefined) return;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ passed, failed, skipped }));
}

export function readCounts(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

export function addCounts(left, right) {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: [...left.skipped, ...right.skipped],
  };
}

export const NO_COUNTS = { passed: 0, failed: 0, skipped: [] };
