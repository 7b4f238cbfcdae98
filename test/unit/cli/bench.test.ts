/**
 * `bamboo bench`: which modes it measures, in which order, and what it reports of each.
 */
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BenchReport } from '../../../src/cli/benchSummary';
import { benchTable } from '../../../src/cli/benchTable';
import { runCli } from '../../../src/cli/runCli';
import type { NativeGenerateParams, NativeModelInfo } from '../../../src/worker/nativeBinding';
import { createFakeModel, type FakeModel } from '../../integration/fakeModel';
import { bindingOf, FAKE_INFO, FakeEngine, type Script } from '../worker/fakeBinding';

let model: FakeModel;
beforeEach(() => (model = createFakeModel()));
afterEach(() => model.remove());

/** Decoding takes 10 ms a step when dense, 5 otherwise; a prompt that was seen before is cached but for its last token. */
function scriptedEngine(asked: NativeGenerateParams[], change: Partial<NativeModelInfo> = {}): FakeEngine {
  let cached = 0;
  const script: Script = (params) => {
    asked.push(params);
    const { maxTokens, mode, promptTokens } = params;
    const reusedTokens = promptTokens.length === cached ? cached - 1 : 0;
    cached = promptTokens.length;
    clock += promptTokens.length - reusedTokens;
    const decodeMs = (maxTokens - 1) * (mode === 'dense' ? 10 : 5);
    const decodeBytes = (maxTokens - 1) * (mode === 'dense' ? 8e6 : 3e6);
    return Promise.resolve({ stopReason: 'max-tokens', generatedTokens: maxTokens, reusedTokens, prefillMs: 100, decodeMs, decodeBytes });
  };
  const engine = new FakeEngine(script);
  Object.assign(engine, { info: { ...FAKE_INFO, ...change }, reset: () => (cached = 0) });
  return engine;
}

/** Advances by 1 ms for each token of a prompt that is computed. */
let clock = 0;

async function bench(args: readonly string[], engine: FakeEngine): Promise<{ exitCode: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const exitCode = await runCli(['bench', '--model', model.modelPath, ...args], {
    packageRoot: path.resolve(__dirname, '../../..'),
    nowMs: () => clock,
    loadBinding: () => bindingOf(engine),
    print: (line) => (out += line),
    write: (text) => (out += text),
    warn: (line) => (err += line),
  });
  return { exitCode, out, err };
}

const SHORT = ['--prompt-tokens', '50', '--tokens', '21'];

async function report(args: readonly string[], change: Partial<NativeModelInfo> = {}): Promise<BenchReport> {
  const { out } = await bench([...SHORT, '--json', ...args], scriptedEngine([], change));
  return JSON.parse(out) as BenchReport;
}

describe('bamboo bench', () => {
  it('measures every mode that the model supports', async () => {
    expect(Object.keys((await report([])).modes)).toEqual(['dense', 'exact']);
    expect(Object.keys((await report([], { hasPredictors: true })).modes)).toEqual(['dense', 'exact', 'predicted']);
  });

  it('reports the figures of each mode, and those of exact for scripts that know of one mode only', async () => {
    const { modes, mode, decodeTokensPerSecond, bytesPerToken } = await report([]);
    expect(modes).toMatchObject({
      dense: { decodeTokensPerSecond: 100, prefillTokensPerSecond: 500, bytesPerToken: 8e6, bandwidthShare: 0.8 },
      exact: { decodeTokensPerSecond: 200, prefillTokensPerSecond: 500, bytesPerToken: 3e6, bandwidthShare: 0.6 },
    });
    expect({ mode, decodeTokensPerSecond, bytesPerToken }).toEqual({ mode: 'exact', decodeTokensPerSecond: 200, bytesPerToken: 3e6 });
  });

  it('measures one mode with --mode and the listed ones with --modes', async () => {
    const dense = await report(['--mode', 'dense']);
    expect(Object.keys(dense.modes)).toEqual(['dense']);
    expect(dense).toMatchObject({ mode: 'dense', decodeTokensPerSecond: 100 });
    expect(Object.keys((await report(['--modes', 'predicted,dense'], { hasPredictors: true })).modes)).toEqual(['predicted', 'dense']);
  });

  it('interleaves the modes', async () => {
    const asked: NativeGenerateParams[] = [];
    await bench([...SHORT, '--repeat', '2', '--long-prompt', '0'], scriptedEngine(asked));
    const warmUp = ['dense', 'exact'];
    expect(asked.map(({ mode }) => mode)).toEqual([...warmUp, 'dense', 'exact', 'dense', 'exact']);
  });

  it('times the first token of a long prompt, cold and with its prefix cached', async () => {
    expect((await report(['--long-prompt', '200'])).modes.exact).toMatchObject({
      firstTokenColdMs: 200,
      firstTokenWarmMs: 1,
      firstTokenReusedTokens: 199,
    });
    expect((await report([])).firstTokenPromptTokens).toBe(FAKE_INFO.contextLength - 1);
    expect((await report([], { contextLength: 4096 })).firstTokenPromptTokens).toBe(1000);
    expect((await report(['--long-prompt', '0'])).modes.exact).not.toHaveProperty('firstTokenColdMs');
  });

  it('prints one row per mode for a person', async () => {
    const { out } = await bench(SHORT, scriptedEngine([]));
    expect(out).toMatch(/^fake: portable, 2 threads/);
    expect(out).toMatch(/^dense +100\.0 +500 +8\.0 +80\.0 %/m);
    expect(out).toMatch(/^exact +200\.0 +500 +3\.0 +60\.0 %/m);
    const lines = benchTable(await report(['--long-prompt', '0'])).split('\n');
    expect(new Set(lines.slice(-3).map((line) => line.length)).size).toBe(1);
  });

  it.each([
    ['an unknown mode', ['--modes', 'dense,fast'], 'got "fast"'],
    ['both ways to choose a mode', ['--modes', 'dense', '--mode', 'exact'], 'exclude each other'],
  ])('refuses %s', async (_name, args, complaint) => {
    const { exitCode, err } = await bench(args, scriptedEngine([]));
    expect(exitCode).toBe(2);
    expect(err).toContain(complaint);
  });

  it('refuses a long prompt that the context does not hold', async () => {
    const { exitCode, err } = await bench(['--prompt-tokens', '50', '--long-prompt', '256'], scriptedEngine([]));
    expect(exitCode).toBe(1);
    expect(err).toMatch(/context-overflow.*--long-prompt/);
  });
});
