/**
 * What a replay prints and saves: keys that scripts read, and a table for people that admits what was not measured.
 */
import { describe, expect, it } from 'vitest';
import { replayJson, replayMarkdown, replayTable, type ReplayReport } from '../../../src/cli/replay/replayOutput';
import { ReplayTally } from '../../../src/cli/replay/replayTally';

const tally = new ReplayTally();
tally.callMade();
tally.itemReturned('model', 42, false);
tally.firstOnLine(true);
tally.keyTyped();
tally.accepted('whole', 3, { asked: 2, served: 1 });
const exact = { mode: 'exact', ...tally.figures() } as const;
const dense = { mode: 'dense', ...new ReplayTally().figures() } as const;

const report: ReplayReport = {
  command: 'bamboo replay',
  model: 'nano',
  isa: 'avx2',
  threads: 2,
  cpu: 'a CPU',
  cores: 2,
  loadBefore: 0,
  loadAfter: 1,
  sessions: 1,
  speed: 1,
  seed: 0,
  accept: 'line',
  modes: { exact },
};
const both: ReplayReport = { ...report, modes: { exact, dense } };

describe('JSON', () => {
  it('has the figures of the only mode beside the fields of the run', () => {
    expect(replayJson(report)).toMatchObject({
      sessions: 1,
      mode: 'exact',
      p50Ms: 42,
      p95Ms: 42,
      p99Ms: 42,
      cacheShare: 0,
      servedInsideAccepted: 0.5,
      shownRate: 1,
      exactMatch: 1,
      completedCodeRatio: 0.75,
    });
  });

  it('has the figures of several modes by their names', () => {
    expect(replayJson(both)).toMatchObject({ modes: { exact: { p50Ms: 42 }, dense: { p50Ms: null } } });
  });
});

describe('tables', () => {
  it('give each mode a column and say "none" where nothing was measured', () => {
    const row = replayTable(both)
      .split('\n')
      .find((line) => line.startsWith('call to item'));
    expect(row).toMatch(/42 \/ 42 \/ 42 \(n 1\) +none \/ none \/ none \(n 0\)/);
  });

  it('are Markdown in the file, with the command and the load of the machine', () => {
    const text = replayMarkdown(both);
    expect(text).toContain('|  | exact | dense |');
    expect(text).toContain('`bamboo replay`');
    expect(text).toContain('load 0.00 before, 1.00 after');
  });
});
