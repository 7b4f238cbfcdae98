/**
 * A replay against a real worker with the bundled model: that every call ends, and the counts belong together. How fast is a matter of bench/.
 * Skipped, and counted as such, where the library was not built or the model is not there.
 */
import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { replaySessions } from '../../src/cli/replay/replayReport';
import { withWorkers, type WorkerOptions } from '../../src/cli/replay/replayWorkers';
import { sessionOf } from '../../src/cli/replay/typingSession';
import { REAL_TIMERS } from '../../src/engine/timers';
import { addonPathOf, bundledModelPath } from '../../src/model/modelLocator';
import { bundleForTests, REPOSITORY } from './workerBundle';

const addonPath = addonPathOf(REPOSITORY);
const modelPath = await bundledModelPath(REPOSITORY).catch(() => '');
const available = existsSync(addonPath) && existsSync(modelPath);

const SESSION = sessionOf({
  path: 'src/math.ts',
  before:
    'export function add(a: number, b: number): number {\n  return a + b;\n}\n\nexport function subtract(a: number, b: number): number {\n  ',
  typed: 'return a - b;\n}',
  after: '\n',
});

describe.runIf(available)('a replay', () => {
  let options: WorkerOptions;
  beforeAll(async () => {
    const workerPath = await bundleForTests('src/worker/main.ts', 'worker.js');
    options = { workerPath, addonPath, modelPath, threads: 0, warn: () => undefined };
  });

  it('types a session in each mode, and every call ends as an item, in silence, or superseded', async () => {
    const typing = { seed: 0, speed: 2, accept: 'line' } as const;
    const figures = await withWorkers(['dense', 'auto'], options, (workers) =>
      replaySessions([SESSION], workers, { timers: REAL_TIMERS, typing, onSession: () => undefined }),
    );
    expect(figures.map(({ mode }) => mode)).toEqual(['dense', 'predicted']);
    for (const { calls, keys, requests, silent } of figures) {
      expect(calls.all).toBeGreaterThan(0);
      expect(calls.model + calls.cache + calls['in-flight'] + calls.silent + calls.superseded).toBe(calls.all);
      expect(Object.values(silent).reduce((sum, count) => sum + count, 0)).toBe(calls.silent);

      expect(keys.typed + keys.saved).toBeLessThanOrEqual(SESSION.typed.length);
      expect(requests.finished + requests.cancelled).toBeGreaterThan(0);
    }
  });

  it('says what to do when the worker was not built', async () => {
    const missing = { ...options, workerPath: `${options.workerPath}.none` };
    await expect(withWorkers(['auto'], missing, () => Promise.resolve())).rejects.toThrow('Run "npm run build" first');
  });
});
