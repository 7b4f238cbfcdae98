/**
 * How `npm test` chooses its stages and counts what they report: a test that fails or is skipped is never lost.
 */
import { describe, expect, test } from 'vitest';
import { readCtestReport } from '../../../scripts/ctestReport.mjs';
import { addCounts } from '../../../scripts/testCounts.mjs';
import { chooseStages } from '../../../scripts/testStages.mjs';

const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="(empty)"
\ttests="4" failures="1" disabled="1" skipped="1">
\t<testcase name="Gguf.ReadsHeader" classname="Gguf.ReadsHeader" time="0.002" status="run">
\t\t<system-out>[       OK ] Gguf.ReadsHeader (0 ms)
</system-out>
\t</testcase>
\t<testcase name="Gguf.RefusesTruncatedFile" classname="x" time="0.001" status="fail">
\t\t<failure message=""/>
\t\t<system-out>status="run"</system-out>
\t</testcase>
\t<testcase name="Amx.MatchesReference" classname="x" time="0.001" status="notrun">
\t\t<skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
\t\t<system-out>[ RUN      ] Amx.MatchesReference
/src/amx_test.cc:4: Skipped
this CPU has no AMX

[  SKIPPED ] Amx.MatchesReference (0 ms)
</system-out>
\t</testcase>
\t<testcase name="Gguf.Slow" classname="x" time="0" status="disabled"/>
</testsuite>`;

describe('a CTest report', () => {
  test('is counted test by test, with the reason of every skip', () => {
    expect(readCtestReport(REPORT)).toEqual({
      passed: 1,
      failed: 1,
      skipped: [
        { name: 'Amx.MatchesReference', reason: 'this CPU has no AMX' },
        { name: 'Gguf.Slow', reason: 'disabled in its file' },
      ],
    });
  });

  test('without a test case counts nothing', () => {
    expect(readCtestReport('<testsuite name="(empty)" tests="0"></testsuite>')).toEqual({ passed: 0, failed: 0, skipped: [] });
  });
});

describe('counts', () => {
  test('of two stages add up and keep every skip', () => {
    const skip = { name: 'a', reason: 'b' };
    const sum = addCounts({ passed: 1, failed: 2, skipped: [skip] }, { passed: 3, failed: 4, skipped: [skip] });
    expect(sum).toEqual({ passed: 4, failed: 6, skipped: [skip, skip] });
  });
});

describe('the stages', () => {
  test('without arguments are all but the slow ones, the checks first and the end-to-end tests last', () => {
    const names = chooseStages([]).map(({ name }) => name);
    expect(names[0]).toBe('format');
    expect(names.at(-1)).toBe('e2e');
    expect(names).not.toContain('native-tsan');
  });

  test('of the long run are those of the short run and more', () => {
    const long = chooseStages(['--long']).map(({ name }) => name);
    expect(long).toEqual(expect.arrayContaining(chooseStages([]).map(({ name }) => name)));
    expect(long).toContain('native-tsan');
  });

  test('can be named, and a wrong name is refused with the right ones', () => {
    expect(chooseStages(['--only', 'e2e,unit']).map(({ name }) => name)).toEqual(['unit', 'e2e']);
    expect(() => chooseStages(['--only', 'units'])).toThrow(/No stage "units".*unit/);
  });
});
