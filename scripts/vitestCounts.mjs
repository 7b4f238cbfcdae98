// A Vitest reporter that writes the counts of a run, and every skip with its reason, for `npm test`.
import { writeCounts } from './testCounts.mjs';

export class VitestCounts {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: [] };
    for (const module of modules) {
      if (module.errors().length > 0) counts.failed += 1; // the file could not be loaded, or a hook of it failed
      for (const test of module.children.allTests()) addResult(counts, test);
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
    }
    writeCounts(counts);
  }
}

function addResult(counts, test) {
  const result = test.result();
  if (result.state === 'passed') counts.passed += 1;
  else if (result.state === 'failed') counts.failed += 1;
  else counts.skipped.push({ name: test.fullName, reason: result.note ?? 'no reason given' });
}

// Vitest takes a reporter from the default export of its file.
export { VitestCounts as default };
