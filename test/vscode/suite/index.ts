/**
 * The entry that VS Code calls inside its extension host: runs every *.test.js beside it with Mocha and writes the counts.
 * It knows nothing about the suites.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';
import { writeCounts } from '../../../scripts/testCounts.mjs';

const TEST_LIMIT_MS = 60_000;

/** A rejection makes the host end with exit code 1. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'tdd', color: false, timeout: TEST_LIMIT_MS });
  for (const name of readdirSync(__dirname).sort()) {
    if (name.endsWith('.test.js')) mocha.addFile(path.join(__dirname, name));
  }
  const counts = { passed: 0, failed: 0, skipped: [] as { name: string; reason: string }[] };
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', () => (counts.passed += 1));
    runner.on('pending', (test) => counts.skipped.push({ name: test.fullTitle(), reason: 'marked as pending in its file' }));
  });
  counts.failed = failures;
  writeCounts(counts);
  if (failures > 0) throw new Error(`${failures} tests failed`);
}
