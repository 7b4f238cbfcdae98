/**
 * What the sidebar asks of the engine, through a real worker and the bundled model: a chat that gives way, the form of a conversation,
 * which neurons are hot, and what is said of files that are not loaded.
 * Skipped, and counted as such, where the library was not built or the model is not there.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Template } from '@huggingface/jinja';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngineClient, type EngineClient } from '../../src/engine/engineClient';
import { addonPathOf, bundledModelPath } from '../../src/model/modelLocator';
import { GREEDY, type GenerateRequest, type GenerateResult, type PromptPart } from '../../src/protocol/engineProtocol';
import { cpuTicks } from './processStat';
import { bundleForTests, REPOSITORY } from './workerBundle';

const addonPath = addonPathOf(REPOSITORY);
const modelPath = await bundledModelPath(REPOSITORY).catch(() => '');
const available = existsSync(addonPath) && existsSync(modelPath);
const never = new AbortController().signal;

function chat(prompt: readonly PromptPart[], change: Partial<GenerateRequest> = {}): Omit<GenerateRequest, 'requestId'> {
  return {
    priority: 'chat',
    prompt,
    maxTokens: 24,
    maxPromptTokens: 0,
    sampling: GREEDY,
    stop: { strings: [], tokens: ['<|end|>'] },
    maxDraftTokens: 0,
    ...change,
  };
}

/** Goes on for as long as it is let. */
const ENDLESS = chat(
  [
    { kind: 'special', token: '<|file_sep|>' },
    { kind: 'text', text: 'src/list.ts\nexport const LIST = [1, 2, 3, 4,' },
  ],
  { stop: { strings: [], tokens: [] }, maxTokens: 64 },
);
const QUESTION: readonly PromptPart[] = [
  { kind: 'special', token: '<|user|>' },
  { kind: 'text', text: 'How do I add two numbers?' },
  { kind: 'special', token: '<|end|>' },
  { kind: 'special', token: '<|assistant|>' },
];

describe.runIf(available)('a worker for chat', () => {
  let client: EngineClient;
  const newClient = async (): Promise<EngineClient> => {
    const workerPath = await bundleForTests('src/worker/main.ts', 'worker.js');
    return createEngineClient({ workerPath, addonPath, modelPath, threads: 1, contextLength: 0, log: () => undefined });
  };

  beforeAll(async () => {
    client = await newClient();
    await client.start();
  });
  afterAll(() => client.dispose());

  it('makes no progress while it is paused, and then gives the tokens that it would have given', async () => {
    const whole = await client.generate(ENDLESS, never);
    let count = 0;
    let paused: Promise<void> | undefined;
    const running = client.generate(ENDLESS, never, ({ tokens }) => {
      count += tokens.length;
      paused ??= client.setPaused(true);
    });
    while (paused === undefined) await new Promise(setImmediate);
    await paused;
    // Messages come in order: what was on its way has arrived when this is answered.
    await client.countTokens(['x']);
    const before = count;
    const pid = client.state.pid ?? 0;
    const ticksBefore = process.platform === 'linux' ? cpuTicks(pid) : 0;
    const busy = await newClient();
    await busy.start();
    const urgent = await busy.generate(ENDLESS, never);
    await busy.dispose();
    // One tick is 10 ms; see workerProcess.test.ts.
    if (process.platform === 'linux') expect(cpuTicks(pid) - ticksBefore).toBeLessThanOrEqual(2);
    expect(count).toBe(before);
    expect(before).toBeLessThan(64);
    await client.setPaused(false);
    const result = await running;
    expect(result.tokens).toEqual(whole.tokens);
    expect(urgent.tokens).toEqual(whole.tokens);
    expect(result.text).toBe(whole.text);
  });

  it('counts no paused time as its own', async () => {
    await client.setPaused(true);
    const pausedAtMs = performance.now();
    const running = client.generate(ENDLESS, never);
    const other = await newClient();
    await other.start();
    await other.dispose();
    const pausedMs = performance.now() - pausedAtMs;
    await client.setPaused(false);
    const { timings } = await running;
    const wallMs = performance.now() - pausedAtMs;
    expect(timings.prefillMs + timings.decodeMs).toBeLessThan(wallMs - 0.9 * pausedMs);
  });

  it('can be cancelled while it is paused', async () => {
    await client.setPaused(true);
    const controller = new AbortController();
    const held = client.generate(ENDLESS, controller.signal);
    await client.countTokens(['x']);
    controller.abort();
    const result = await held;
    await client.setPaused(false);
    expect(result).toMatchObject({ stopReason: 'cancelled', text: '' });
  });

  it('is still paused when it was killed and started again', async () => {
    await client.setPaused(true);
    const controller = new AbortController();
    const held = client.generate(ENDLESS, controller.signal).then((result: GenerateResult) => result.stopReason);
    const ready = new Promise<void>((resolve) => {
      client.onDidChangeState(({ kind, restarts }) => {
        if (kind === 'ready' && restarts > 0) resolve();
      });
    });
    process.kill(client.state.pid ?? 0, 'SIGKILL');
    await ready;
    await client.countTokens(['x']);
    expect((await client.neuronActivity()).tokens).toBe(0);
    controller.abort();
    expect(await held).toBe('cancelled');
    await client.setPaused(false);
  });

  it('says how conversations look, and a rendered one gives the answer of special tokens named one by one', async () => {
    const form = client.state.model?.chat;
    expect(form).toMatchObject({ endToken: '<|end|>' });
    const text = new Template(form?.template ?? '').render({
      messages: [{ role: 'user', content: 'How do I add two numbers?' }],
      add_generation_prompt: true,
      bos_token: form?.beginToken,
      eos_token: form?.endToken,
    });
    const rendered = await client.generate(chat([{ kind: 'template', text }]), never);
    const named = await client.generate(chat(QUESTION), never);
    expect(rendered.tokens).toEqual(named.tokens);
    expect(rendered.timings.promptTokens).toBe(named.timings.promptTokens);
    const [counted] = await client.countTokens(['How do I add two numbers?']);
    expect(rendered.timings.promptTokens).toBe((counted ?? 0) + 3);
  });

  it('takes the name of a special token in a message as text', async () => {
    const [alone] = await client.countTokens(['<|fim_middle|>']);
    expect(alone).toBeGreaterThan(1);
    const withName = await client.generate(chat([{ kind: 'text', text: '<|fim_middle|>' }], { maxTokens: 1 }), never);
    expect(withName.timings.promptTokens).toBe(alone);
    const asTemplate = await client.generate(chat([{ kind: 'template', text: '<|fim_middle|>' }], { maxTokens: 1 }), never);
    expect(asTemplate.timings.promptTokens).toBe(1);
  });

  it('says that few neurons do most of the work, once some have worked', async () => {
    await client.generate(ENDLESS, never);
    const { tokens, hotShares, hotShare } = await client.neuronActivity();
    expect(tokens).toBeGreaterThan(60);
    expect(hotShares).toHaveLength(client.state.model?.layers ?? 0);
    expect(Math.min(...hotShares)).toBeGreaterThan(0);
    expect(hotShare).toBeLessThan(0.6);
  });

  it('describes its memory', async () => {
    const { kvBytes, neuronsPerLayer, denseBytesPerToken } = client.state.model ?? {};
    // Keys and values in f16: 12 layers, 2 heads of 64, 2048 positions.
    expect(kvBytes).toBe(2 * 2 * 12 * 2 * 64 * 2048);
    expect(neuronsPerLayer).toBe(3584);
    expect(denseBytesPerToken).toBeGreaterThan(50_000_000);
    await client.generate(ENDLESS, never);
    await client.countTokens([]);
    expect(client.residentBytes).toBeGreaterThan(100_000_000);
  });
});

describe.runIf(available)('looking into files', () => {
  let folder: string;
  let client: EngineClient;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'bamboo-files-'));
    const workerPath = await bundleForTests('src/worker/main.ts', 'worker.js');
    const absent = path.join(folder, 'absent.gguf');
    client = createEngineClient({ workerPath, addonPath, modelPath: absent, threads: 1, contextLength: 0, log: () => undefined });
    await client.start().catch(() => undefined);
  });
  afterAll(async () => {
    await client.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('works after a failed start, and tells what the bundled model is', async () => {
    expect(client.state.kind).toBe('failed');
    const file = await client.inspectFile(modelPath);
    expect(file.problem).toBeUndefined();
    expect(file).toMatchObject({
      ...{ name: 'bamboo-nano', architecture: 'bamboo', fileBytes: statSync(modelPath).size, contextLength: 2048, quantization: 'Q5_0' },
      ...{ sparsity: 'dReLU', hasPredictors: true, canInfill: true, canChat: true },
    });
    expect(file.parameterCount).toBeGreaterThan(100_000_000);
    expect(client.state.kind).toBe('failed');
  });

  it('says of a text that it is no model', async () => {
    const file = path.join(folder, 'notes.gguf');
    writeFileSync(file, 'To do: download a model.\n'.repeat(10));
    expect(await client.inspectFile(file)).toMatchObject({
      name: 'notes.gguf',
      fileBytes: 250,
      problem: expect.stringMatching(/GGUF/) as string,
    });
  });

  it('says of a download that ended early that it is cut short', async () => {
    const file = path.join(folder, 'cut.gguf');
    copyFileSync(modelPath, file);
    truncateSync(file, 2_000_000);
    const { problem, sparsity } = await client.inspectFile(file);
    expect(problem).toMatch(/truncated|cut|ends|beyond/i);
    expect(sparsity).toBe('none');
  });

  it('says of a model without its tokenizer what is missing', async () => {
    const file = path.join(folder, 'lonely.gguf');
    copyFileSync(modelPath, file);
    const { problem, sparsity } = await client.inspectFile(file);
    expect(problem).toMatch(/tokenizer\.json/);
    expect(sparsity).toBe('dReLU');
  });

  it('refuses a path that cannot be one', async () => {
    await expect(client.inspectFile('')).rejects.toMatchObject({ code: 'invalid-request' });
  });
});
