import { describe, expect, test, vi } from 'vitest';
import type { Generate } from '../../../../src/completion/completeOnce';
import { documentContextFromText } from '../../../../src/completion/documentContext';
import { EngineError } from '../../../../src/engine/engineError';
import type { DashboardComparison } from '../../../../src/protocol/dashboard';
import type { FfnMode, GenerateRequest, GenerateResult } from '../../../../src/protocol/engineProtocol';
import { Comparison, COMPARISON_LIMITS, type ComparisonParts } from '../../../../src/vscode/dashboard/comparison';
import { promptText } from '../../completion/scriptedEngine';
import { measured, type Measured } from '../../metrics/measuredResults';

vi.mock('vscode', () => import('../fakeVscode'));

const CODE = 'const total = \n';
const CONTEXT = documentContextFromText(CODE, CODE.length - 1, 'src/cart.ts', 'typescript');
const RUNS = COMPARISON_LIMITS.runs;

type Request = Omit<GenerateRequest, 'requestId'>;

interface Setup extends Partial<ComparisonParts> {
  /** The answer to the nth request of its mode, counted from 0. */
  readonly answer?: (mode: FfnMode, nth: number) => GenerateResult | Error;
  /** Called before each answer. */
  readonly meanwhile?: (comparison: Comparison, requests: number) => void;
}

const ofMode = (mode: FfnMode, text: string, options: Measured = {}): GenerateResult =>
  measured(text, { mode, steps: 4, bytesPerStep: mode === 'dense' ? 300 : 100, ...options });

function setUp({ answer = (mode) => ofMode(mode, 'price;'), meanwhile, ...overrides }: Setup = {}) {
  const requests: Request[] = [];
  const states: DashboardComparison[] = [];
  const logged: string[] = [];
  const counts = { dense: 0, exact: 0, predicted: 0 };
  const clock = { ms: 0 };
  const generate: Generate = async (request, signal) => {
    requests.push(request);
    const mode = request.mode as FfnMode;
    const nth = counts[mode]++;
    await Promise.resolve();
    meanwhile?.(comparison, requests.length);
    clock.ms += 10;
    const result = answer(mode, nth);
    if (signal.aborted) return { ...ofMode(mode, ''), stopReason: 'cancelled' };
    if (result instanceof Error) throw result;
    return result;
  };
  const comparison: Comparison = new Comparison({
    generate,
    model: () => ({ contextLength: 2048, promptForm: 'infilling' }),
    sparse: () => ({ effective: 'predicted', reason: 'Calibrated.' }),
    now: () => clock.ms,
    onChange: () => states.push(comparison.state),
    log: (message) => logged.push(message),
    ...overrides,
  });
  return { comparison, requests, states, logged };
}

describe('a comparison', () => {
  test('runs dense and sparse in turns, after one run to warm up', async () => {
    const { comparison, requests } = setUp();
    await comparison.run(CONTEXT);
    const turns = Array.from({ length: RUNS }, () => ['dense', 'predicted']).flat();
    expect(requests.map(({ mode }) => mode)).toEqual(['dense', ...turns]);
  });

  test('asks the same short prompt each time, behind completions and without guessing ahead', async () => {
    const { comparison, requests } = setUp();
    await comparison.run(CONTEXT);
    const [first] = requests;
    expect(promptText(first?.prompt ?? [])).toContain('const total = ');
    for (const request of requests) {
      expect({ ...request, mode: undefined }).toEqual({ ...first, mode: undefined });
      expect(request).toMatchObject({ priority: 'chat', maxTokens: COMPARISON_LIMITS.maxTokens, maxDraftTokens: 0 });
    }
  });

  test('gives the medians of each mode', async () => {
    const decodeMs = { dense: [0, 90, 50, 70, 1000, 60], predicted: [20, 10, 500, 30, 25], exact: [] };
    const { comparison } = setUp({
      answer: (mode, nth) =>
        ofMode(mode, 'price;', { timings: { queueMs: 99, tokenizeMs: 1, prefillMs: 4, decodeMs: decodeMs[mode][nth] ?? 0 } }),
    });
    await comparison.run(CONTEXT);
    const side = { text: 'price;', firstTokenMs: 5, generatedTokens: 2, decodedTokens: 2 };
    expect(comparison.state).toEqual({
      kind: 'done',
      path: 'src/cart.ts',
      runs: RUNS,
      dense: { ...side, mode: 'dense', decodeMs: 70, bytesPerToken: 300 },
      sparse: { ...side, mode: 'predicted', decodeMs: 25, bytesPerToken: 100 },
      sameText: true,
    });
  });

  test('shows both texts where they differ', async () => {
    const { comparison } = setUp({ answer: (mode) => ofMode(mode, mode === 'dense' ? 'price;' : 'count;') });
    await comparison.run(CONTEXT);
    expect(comparison.state).toMatchObject({ kind: 'done', sameText: false, dense: { text: 'price;' }, sparse: { text: 'count;' } });
  });

  test('tells how far it is', async () => {
    const { comparison, states } = setUp();
    await comparison.run(CONTEXT);
    expect(states.slice(0, -1)).toEqual(Array.from({ length: 2 * RUNS + 1 }, (_, done) => ({ kind: 'running', done, total: 2 * RUNS })));
  });

  test('with a slow model it makes fewer runs and says how many', async () => {
    const clock = { ms: 0 };
    const { comparison } = setUp({ now: () => (clock.ms += COMPARISON_LIMITS.budgetMs / 2) });
    await comparison.run(CONTEXT);
    expect(comparison.state).toMatchObject({ kind: 'done', runs: 2 });
  });

  test('the texts are not logged', async () => {
    const { comparison, logged } = setUp({ answer: (mode, nth) => (nth < 2 ? ofMode(mode, 'secretPrice;') : new Error('gone')) });
    await comparison.run(CONTEXT);
    expect(logged.join()).toContain('gone');
    expect(logged.join()).not.toContain('secretPrice');
  });

  test('a second one while it runs changes nothing', async () => {
    const { comparison, requests } = setUp();
    await Promise.all([comparison.run(CONTEXT), comparison.run(CONTEXT)]);
    expect(requests).toHaveLength(2 * RUNS + 1);
    expect(comparison.state.kind).toBe('done');
  });
});

describe('a comparison that does not get to its end', () => {
  test('typing stops it, and it says so; no further request is made', async () => {
    const { comparison, requests } = setUp({ meanwhile: (subject, count) => count === 4 && subject.stop('You went on typing.') });
    await comparison.run(CONTEXT);
    expect(comparison.state).toEqual({ kind: 'failed', message: 'You went on typing.' });
    expect(requests).toHaveLength(4);
  });

  test('cancelled, it leaves nothing', async () => {
    const { comparison, requests } = setUp({ meanwhile: (subject, count) => count === 4 && subject.cancel() });
    await comparison.run(CONTEXT);
    expect(comparison.state).toEqual({ kind: 'none' });
    expect(requests).toHaveLength(4);
  });

  test('after a stop another one can begin at once, and the old one does not disturb it', async () => {
    let restarted: Promise<void> | undefined;
    const { comparison } = setUp({
      meanwhile: (subject, count) => {
        if (count !== 4) return;
        subject.stop('Typing.');
        restarted = subject.run(CONTEXT);
      },
    });
    await comparison.run(CONTEXT);
    await restarted;
    expect(comparison.state).toMatchObject({ kind: 'done', runs: RUNS });
  });

  test('stopping or cancelling when nothing runs changes nothing', async () => {
    const { comparison } = setUp();
    comparison.stop('Typing.');
    expect(comparison.state).toEqual({ kind: 'none' });
    await comparison.run(CONTEXT);
    comparison.stop('Typing.');
    comparison.cancel();
    expect(comparison.state.kind).toBe('done');
  });

  test.each<[string, Setup, string]>([
    [
      'the engine fails',
      {
        answer: (mode, nth) => (nth < 2 ? ofMode(mode, 'price;') : new EngineError('out-of-memory', 'Not enough memory. Close something.')),
      },
      'Not enough memory. Close something.',
    ],
    ['the model has nothing to write', { answer: (mode) => ofMode(mode, '', { steps: 0 }) }, 'nothing to write at this place'],
    ['another mode served', { answer: () => ofMode('exact', 'price;') }, 'mode changed during the comparison'],
    [
      'the engine is stopped',
      { answer: (mode) => ({ ...ofMode(mode, 'price;'), stopReason: 'cancelled' }) },
      'engine was stopped during the comparison',
    ],
    [
      'there is nothing to skip',
      { sparse: () => ({ effective: 'dense', reason: 'Its gate is never zero.' }) },
      'There is nothing to compare: Its gate is never zero.',
    ],
  ])('%s: a sentence says so', async (_, setup, sentence) => {
    const { comparison } = setUp(setup);
    await comparison.run(CONTEXT);
    expect(comparison.state).toMatchObject({ kind: 'failed', message: expect.stringContaining(sentence) as string });
    // And the next one is possible.
    await comparison.run(CONTEXT);
    expect(comparison.state.kind).toBe('failed');
  });

  test('a place where none can be made is refused in words, unless one runs', async () => {
    const { comparison } = setUp({ meanwhile: (subject) => subject.refuse('No file.') });
    comparison.refuse('No file.');
    expect(comparison.state).toEqual({ kind: 'failed', message: 'No file.' });
    await comparison.run(CONTEXT);
    expect(comparison.state.kind).toBe('done');
  });
});
