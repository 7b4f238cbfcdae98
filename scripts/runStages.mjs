// Runs the stages of `npm test` one after the other, streams what they print, and adds up what they counted.
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { REPOSITORY } from './repository.mjs';
import { runCommand } from './runCommand.mjs';
import { NO_COUNTS, addCounts, readCounts } from './testCounts.mjs';

/** Resolves with whether nothing failed; the last line printed is "N passed, N failed". */
export async function runStages(stages) {
  const summary = [];
  for (const stage of stages) summary.push(await runStage(stage));
  const total = summary.map(({ counts }) => counts).reduce(addCounts, NO_COUNTS);

  console.log('\nstage            passed  failed  skipped  seconds');
  for (const { name, counts, seconds } of summary) {
    const columns = [counts.passed, counts.failed, counts.skipped.length, seconds.toFixed(0)];
    console.log(`${name.padEnd(15)} ${columns.map((value) => String(value).padStart(7)).join(' ')}`);
  }
  for (const { name, reason } of total.skipped) console.log(`skipped: ${name}: ${reason}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0;
}

async function runStage({ name, command, counts: kind }) {
  console.log(`\n=== ${name}`);
  const startedAt = performance.now();
  const file = path.join(REPOSITORY, 'build', 'test-counts', `${name}.json`);
  rmSync(file, { force: true });
  const [program, ...args] = command;
  const env = { ...process.env, BAMBOO_TEST_COUNTS: file, ...(!process.stdout.isTTY && { NO_COLOR: '1' }) };
  const succeeded = await runCommand(program, args, { env }).then(
    () => true,
    (error) => {
      console.error(error.message);
      return false;
    },
  );
  const counts = kind === 'one' ? NO_COUNTS : reported(file);
  return { name, counts: addCounts(counts, ownResult(kind, counts, succeeded)), seconds: (performance.now() - startedAt) / 1000 };
}

function reported(file) {
  return existsSync(file) ? readCounts(file) : NO_COUNTS;
}

/**
 * What the exit code adds to the reported counts. A runner that failed without naming a failed test, or that ran
 * nothing and skipped nothing, is a failure of its own.
 */
function ownResult(kind, counts, succeeded) {
  const ranNothing = kind === 'reported' && counts.passed + counts.failed + counts.skipped.length === 0;
  if (!succeeded && counts.failed === 0) return { ...NO_COUNTS, failed: 1 };
  if (ranNothing) {
    console.error('This stage ran no test.');
    return { ...NO_COUNTS, failed: 1 };
  }
  return kind === 'one' ? { ...NO_COUNTS, passed: 1 } : NO_COUNTS;
}
