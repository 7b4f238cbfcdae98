/**
 * The whole engine below the editor: worker process, native library, bundled model.
 * Skipped, and counted as such, where the library was not built or the model is not there.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEngineClient, type EngineClient } from '../../src/engine/engineClient';
import { addonPathOf, bundledModelPath } from '../../src/model/modelLocator';
import { fimPrompt } from '../../src/prompt/fimTemplate';
import { GREEDY, type GenerateRequest, type StopOptions } from '../../src/protocol/engineProtocol';
import { cpuTicks } from './processStat';
import { bundleForTests, REPOSITORY } from './workerBundle';

const addonPath = addonPathOf(REPOSITORY);
/** BAMBOO_TEST_MODEL names another model than the bundled one. */
const modelPath = process.env.BAMBOO_TEST_MODEL ?? (await bundledModelPath(REPOSITORY).catch(() => ''));
const available = existsSync(addonPath) && existsSync(modelPath);

const never = new AbortController().signal;
const MIDDLE_END: StopOptions = { strings: [], tokens: ['<|endoftext|>', '<|file_sep|>'] };

function infill(prefix: string, suffix: string, change: Partial<GenerateRequest> = {}): Omit<GenerateRequest, 'requestId'> {
  return {
    priority: 'completion',
    prompt: fimPrompt({ path: 'src/math.ts', prefix, suffix }),
    maxTokens: 24,
    maxPromptTokens: 0,
    sampling: GREEDY,
    stop: MIDDLE_END,
    ...change,
  };
}

const PREFIX = 'export function add(a: number, b: number): number {\n  return ';
const SUFFIX = '\n}\n\nexport function subtract(a: number, b: number): number {\n  return a - b;\n}\n';

describe.runIf(available)('the bundled model behind a worker', () => {
  let client: EngineClient;
  let workerPath: string;
  const clientFor = (file: string): EngineClient =>
    createEngineClient({ workerPath, addonPath, modelPath: file, threads: 0, contextLength: 0, log: () => undefined });

  beforeAll(async () => {
    workerPath = await bundleForTests('src/worker/main.ts', 'worker.js');
    client = clientFor(modelPath);
    await client.start();
  });
  afterAll(() => client.dispose());

  it('fills in an obvious middle and says what it cost', async () => {
    const result = await client.generate(infill(PREFIX, SUFFIX), never);
    expect(result.text.trim()).toBe('a + b;');
    expect(result.stopReason).toBe('end-token');
    expect(result.timings).toMatchObject({ generatedTokens: result.tokens.length });
    expect(result.timings.prefillMs).toBeGreaterThan(0);
    expect(result.tokens.every((token) => token.logProb <= 0)).toBe(true);
  });

  it('goes from dense to exact between two tokens, without loading again and with the same tokens', async () => {
    // Plain text that goes on: a middle would end after a few tokens. One step a token, so that steps can be counted.
    const prompt = [
      { kind: 'special', token: '<|file_sep|>' },
      { kind: 'text', text: `src/math.ts\n${PREFIX}a + b;${SUFFIX}` },
    ] as const;
    const long = infill('', '', { prompt, maxTokens: 48, maxDraftTokens: 0 });
    const dense = await client.generate({ ...long, mode: 'dense' }, never);
    expect(dense).toMatchObject({ mode: 'dense', metrics: { decode: { steps: { dense: 47, exact: 0, predicted: 0 } } } });
    let asked: Promise<void> | undefined;
    let received = 0;
    const mixed = await client.generate({ ...long, mode: 'dense' }, never, ({ tokens }) => {
      received += tokens.length;
      // The first token comes from the prompt's logits: with the second, one step has run.
      if (received > 1) asked ??= client.setMode('exact');
    });
    await asked;
    await client.setMode('auto');
    expect(mixed.tokens).toEqual(dense.tokens);
    expect(mixed.mode).toBe('exact');
    const steps = mixed.metrics?.decode.steps;
    expect(steps?.dense).toBeGreaterThan(0);
    expect(steps?.exact).toBeGreaterThan(0);
  });

  it('reports where the time of a token went and how many neurons each layer computed', async () => {
    const { metrics, timings } = await client.generate(infill(PREFIX, SUFFIX, { mode: 'predicted' }), never);
    if (metrics === undefined) throw new Error('the answer has no metrics');
    const { attentionMs, predictorMs, feedForwardMs, headMs, samplingMs } = metrics.decode.phases;
    const total = attentionMs + predictorMs + feedForwardMs + headMs + samplingMs;
    expect(total).toBeGreaterThan(0.9 * timings.decodeMs);
    expect(total).toBeLessThanOrEqual(timings.decodeMs);
    expect(predictorMs).toBeGreaterThan(0);
    const { layers, trace, steps } = metrics.decode;
    expect(layers.gateRows).toHaveLength(12);
    // A layer that the calibration computes in exact mode reads every gate and predicts none.
    expect(layers.predictedRows.every((rows, i) => rows === 0 || rows === layers.gateRows[i])).toBe(true);
    expect(Math.max(...layers.predictedRows)).toBeGreaterThan(0);
    expect(trace.steps).toBeGreaterThan(0);
    expect(trace.steps).toBeLessThanOrEqual(steps.predicted);
  });

  it('gives the same text and the same tokens whether its KV cache is warm or the process is new', async () => {
    const warm = await client.generate(infill(PREFIX, SUFFIX), never);
    expect(warm.timings.reusedTokens).toBeGreaterThan(0);
    const fresh = clientFor(modelPath);
    try {
      await fresh.start();
      const cold = await fresh.generate(infill(PREFIX, SUFFIX), never);
      expect(cold.timings.reusedTokens).toBe(0);
      expect(cold.text).toBe(warm.text);
      expect(cold.tokens).toEqual(warm.tokens);
    } finally {
      await fresh.dispose();
    }
  });

  it('reuses all but the end of the prompt when the user types one more character', async () => {
    await client.generate(infill(PREFIX, SUFFIX), never);
    const typed = await client.generate(infill(`${PREFIX}a`, SUFFIX), never);
    // The last token of the old prompt may merge with what was typed, and <|fim_middle|> moves.
    expect(typed.timings.promptTokens - typed.timings.reusedTokens).toBeLessThanOrEqual(4);
  });

  it('streams pieces that add up to the result', async () => {
    let streamed = '';
    const result = await client.generate(infill('// ', '\n', { maxTokens: 16 }), never, (tokens) => (streamed += tokens.text));
    expect(streamed).toBe(result.text);
  });

  it('stops before a stop string', async () => {
    const request = infill('function f() {\n', '', { stop: { ...MIDDLE_END, strings: ['\n'] } });
    const result = await client.generate(request, never);
    expect(result.text).not.toContain('\n');
  });

  it('ends soon after the signal aborts', async () => {
    const controller = new AbortController();
    const endless = infill('const list = [', '', { maxTokens: 1000, stop: { strings: [], tokens: [] } });
    const result = await client.generate(endless, controller.signal, () => controller.abort());
    expect(result.stopReason).toBe('cancelled');
    // Abort crosses the channel while the model goes on; at 20 ms a token a hundred tokens would be two seconds.
    expect(result.timings.generatedTokens).toBeLessThan(100);
  });

  it('cuts a prompt that is far too long and still answers', async () => {
    const long = 'const value = compute(1, 2, 3);\n'.repeat(600);
    const result = await client.generate(infill(`${long}return va`, '\n', { maxTokens: 4 }), never);
    expect(result.timings.promptTokens).toBeLessThanOrEqual(2048 - 4);
    expect(result.timings.promptTokens).toBeGreaterThan(2048 - 4 - 64);
  });

  it.runIf(process.platform === 'linux')('uses no CPU while idle: its threads are parked', async () => {
    await client.generate(infill(PREFIX, SUFFIX), never);
    const pid = client.state.pid ?? 0;
    await delay(500); // Threads may spin for a moment before they park.
    const before = cpuTicks(pid);
    await delay(3000);
    // One tick is 10 ms; see workerProcess.test.ts.
    expect(cpuTicks(pid) - before).toBeLessThanOrEqual(2);
  });
});

describe.runIf(available)('model files that are damaged', () => {
  let folder: string;
  let client: EngineClient | undefined;
  afterEach(async () => {
    await client?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  async function startWith(prepare: (file: string) => void): Promise<unknown> {
    folder = mkdtempSync(path.join(tmpdir(), 'bamboo-damaged-'));
    const file = path.join(folder, 'model.gguf');
    prepare(file);
    copyFileSync(path.join(path.dirname(modelPath), 'tokenizer.json'), path.join(folder, 'tokenizer.json'));
    const workerPath = await bundleForTests('src/worker/main.ts', 'worker.js');
    client = createEngineClient({ workerPath, addonPath, modelPath: file, threads: 1, contextLength: 0, log: () => undefined });
    return client.start();
  }

  it('are refused when they are cut short', async () => {
    const start = startWith((file) => {
      copyFileSync(modelPath, file);
      truncateSync(file, 1_000_000);
    });
    await expect(start).rejects.toMatchObject({ code: 'truncated-file' });
    expect(client?.state.kind).toBe('failed');
  });

  it('are refused when they are something else, such as an error page', async () => {
    await expect(startWith((file) => writeFileSync(file, '<html>maintenance</html>'.repeat(10)))).rejects.toMatchObject({
      code: 'bad-magic',
    });
  });

  it('are refused when they are absent', async () => {
    await expect(startWith(() => undefined)).rejects.toMatchObject({ code: 'file-not-found' });
  });
});

describe.runIf(available)('bamboo in a terminal', () => {
  let cliPath: string;
  beforeAll(async () => {
    cliPath = await bundleForTests('src/cli/main.ts', 'cli.js');
  });
  const bamboo = (...argv: string[]) => spawnSync(process.execPath, [cliPath, ...argv], { encoding: 'utf8', cwd: tmpdir() });

  it('completes at a place in a file, like the extension', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'bamboo-cli-')), 'math.ts');
    writeFileSync(file, PREFIX + SUFFIX);
    const { stdout, status, stderr } = bamboo('complete', '--at', `${file}:2:10`, '--model', modelPath, '--json');
    rmSync(path.dirname(file), { recursive: true });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'suggestion', text: 'a + b;' });
  });

  it('writes one row of logits per token', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'bamboo-cli-'));
    const out = path.join(folder, 'logits.f32');
    const { status, stdout } = bamboo('logits', '--model', modelPath, '--tokens', '5,300,17', '--out', out, '--json');
    const { shape } = JSON.parse(stdout) as { shape: [number, number] };
    const bytes = readFileSync(out).length;
    rmSync(folder, { recursive: true });
    expect(status).toBe(0);
    expect(shape[0]).toBe(3);
    expect(bytes).toBe(4 * shape[0] * shape[1]);
  });

  it('ends with 1 and the code for a model that is none', () => {
    const { status, stderr } = bamboo('generate', '--model', __filename, '--prompt', 'x');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^bad-magic: /);
  });
});
