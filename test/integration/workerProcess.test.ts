/**
 * The worker process as its host sees it on the wire: what it refuses, when it ends, what it costs while idle.
 */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import {
  LIMITS,
  METHOD,
  PROTOCOL_VERSION,
  type GenerateResult,
  type ModelDescription,
  type PingResult,
} from '../../src/protocol/engineProtocol';
import type { ShadowCheck } from '../../src/protocol/metrics';
import { createFakeModel, FAKE_ADDON, requestFor, type FakeModel } from './fakeModel';
import { cpuTicks, niceValue } from './processStat';
import { bundleForTests } from './workerBundle';

let workerPath: string;
let model: FakeModel;
let worker: ChildProcess;
let connection: MessageConnection;

beforeAll(async () => {
  workerPath = await bundleForTests('src/worker/main.ts', 'worker.js');
});
beforeEach(() => {
  model = createFakeModel();
  worker = fork(workerPath, [FAKE_ADDON], { execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  connection = createMessageConnection(new IPCMessageReader(worker), new IPCMessageWriter(worker));
  connection.listen();
});
afterEach(() => {
  connection.dispose();
  worker.kill('SIGKILL');
  model.remove();
});

const hello = (protocolVersion: unknown = PROTOCOL_VERSION): Promise<unknown> => connection.sendRequest(METHOD.hello, { protocolVersion });
const load = (): Promise<ModelDescription> =>
  connection.sendRequest(METHOD.loadModel, { modelPath: model.modelPath, threads: 1, contextLength: 0 });

/** Expects the JSON-RPC error of an engine error with this code. */
async function expectCode(answer: Promise<unknown>, code: string): Promise<void> {
  await expect(answer).rejects.toMatchObject({ code: 1, data: { code } });
}

describe('what the worker refuses', () => {
  it('a host with another protocol version, naming both', async () => {
    await expectCode(hello(99), 'protocol-mismatch');
    await expect(hello(99)).rejects.toThrow(new RegExp(`protocol 99 .* ${PROTOCOL_VERSION}`));
  });

  it('anything before a hello', async () => {
    await expectCode(load(), 'invalid-request');
    await expectCode(connection.sendRequest(METHOD.generate, { ...requestFor('x'), requestId: '1' }), 'invalid-request');
  });

  it('a KV cache of an element type that there is not', async () => {
    await hello();
    const params = { modelPath: model.modelPath, threads: 1, contextLength: 0, kvType: 'q4' };
    await expectCode(connection.sendRequest(METHOD.loadModel, params), 'invalid-request');
  });

  it('text before a model is loaded', async () => {
    await hello();
    await expectCode(connection.sendRequest(METHOD.generate, { ...requestFor('x'), requestId: '1' }), 'model-not-loaded');
  });

  const good = { ...requestFor('x'), requestId: '1' };
  it.each([
    ['no parameters', {}],
    ['a number for an id', { ...good, requestId: 7 }],
    ['an unknown priority', { ...good, priority: 'urgent' }],
    ['an empty prompt', { ...good, prompt: [] }],
    ['a part of an unknown kind', { ...good, prompt: [{ kind: 'image', text: 'x' }] }],
    ['a prompt over the limit', { ...good, prompt: [{ kind: 'text', text: 'x'.repeat(LIMITS.promptBytes + 1) }] }],
    ['too many tokens', { ...good, maxTokens: LIMITS.maxTokens + 1 }],
    ['fewer than no tokens', { ...good, maxTokens: -1 }],
    ['a fraction of a token', { ...good, maxTokens: 1.5 }],
    ['a negative temperature', { ...good, sampling: { ...good.sampling, temperature: -1 } }],
    ['an unknown mode', { ...good, mode: 'guessed' }],
    ['too many stop strings', { ...good, stop: { strings: Array.from({ length: LIMITS.stopStrings + 1 }, () => 'x'), tokens: [] } }],
    ['a stop string over the limit', { ...good, stop: { strings: ['ä'.repeat(LIMITS.stopStringBytes / 2 + 1)], tokens: [] } }],
    ['an empty stop string', { ...good, stop: { strings: [''], tokens: [] } }],
    ['a special token that the model does not have', { ...good, prompt: [{ kind: 'special', token: '<|nobody|>' }] }],
    ['more guessed tokens than there may be', { ...good, maxDraftTokens: 16 }],
    ['a stop token that the model does not have', { ...good, stop: { strings: [], tokens: ['<|nobody|>'] } }],
  ])('%s, and goes on serving', async (_name, params) => {
    await hello();
    await load();
    await expectCode(connection.sendRequest(METHOD.generate, params), 'invalid-request');
    expect(await connection.sendRequest(METHOD.generate, good)).toMatchObject({ text: 'x' });
  });

  it.each([
    [METHOD.setPaused, {}],
    [METHOD.setPaused, { paused: 'yes' }],
    [METHOD.countTokens, { texts: 'x' }],
    [METHOD.countTokens, { texts: Array.from({ length: LIMITS.countedTexts + 1 }, () => 'x') }],
    [METHOD.countTokens, { texts: ['x'.repeat(LIMITS.promptBytes), 'x'] }],
    [METHOD.inspectFile, { modelPath: '' }],
    [METHOD.inspectFile, { modelPath: '/a\0b' }],
    [METHOD.inspectFile, { modelPath: 7 }],
  ])('%s with parameters that do not fit', async (method, params) => {
    await expectCode(connection.sendRequest(method, params), 'invalid-request');
    await hello();
    await load();
    await expectCode(connection.sendRequest(method, params), 'invalid-request');
  });

  it('questions about a model before one is loaded', async () => {
    await hello();
    await expectCode(connection.sendRequest(METHOD.countTokens, { texts: [] }), 'model-not-loaded');
    await expectCode(connection.sendRequest(METHOD.neuronActivity, {}), 'model-not-loaded');
  });

  it('messages that are no JSON-RPC, without dying', async () => {
    worker.send({ hello: 'there' });
    worker.send('nonsense');
    worker.send({ jsonrpc: '2.0', method: METHOD.cancel, params: { requestId: 7 } });
    await hello();
    const { residentBytes } = await connection.sendRequest<PingResult>(METHOD.ping, {});
    expect(residentBytes).toBeGreaterThan(1_000_000);
  });
});

describe('the mode', () => {
  it('is set for later requests, changes the one that runs, and an unknown one is refused', async () => {
    await hello();
    await expectCode(connection.sendRequest(METHOD.setMode, { mode: 'dense' }), 'model-not-loaded');
    expect(await load()).toMatchObject({ autoMode: 'exact', modes: ['dense', 'exact', 'predicted'] });
    await expectCode(connection.sendRequest(METHOD.setMode, { mode: 'guessed' }), 'invalid-request');
    const running = connection.sendRequest<GenerateResult>(METHOD.generate, { ...requestFor('x', '<|endless|>'), requestId: '1' });
    await new Promise((resolve) => connection.onNotification(METHOD.tokens, resolve));
    expect(await connection.sendRequest(METHOD.setMode, { mode: 'dense' })).toEqual({ mode: 'dense' });
    expect(await running).toMatchObject({ mode: 'dense', metrics: { decode: { steps: { dense: 64 } } } });
    const next = connection.sendRequest(METHOD.generate, { ...requestFor('x'), requestId: '2' });
    expect(await next).toMatchObject({ mode: 'dense' });
  });
});

describe('a shadow check', () => {
  const checks: ShadowCheck[] = [];
  const ask = (requestId: string, mode: string) =>
    connection.sendRequest(METHOD.generate, { ...requestFor('abcdefghij'), requestId, mode });

  it('follows a request in predicted mode once nothing is asked for', async () => {
    await hello();
    await load();
    const checked = new Promise((resolve) => connection.onNotification(METHOD.shadow, resolve));
    await ask('1', 'predicted');
    // Ten tokens, every eighth: two positions, of which the fake library keeps half the neurons.
    expect(await checked).toEqual({ requestId: '1', everyN: 8, positions: 2, neuronRecall: [0.5], massRecall: [0.75] });
  });

  it('does not follow requests in other modes', async () => {
    await hello();
    await load();
    connection.onNotification(METHOD.shadow, (check: ShadowCheck) => void checks.push(check));
    await ask('1', 'exact');
    await ask('2', 'dense');
    await delay(600);
    expect(checks).toEqual([]);
  });
});

describe('a paused worker', () => {
  it('is told before a model is loaded, holds what is asked and answers once it goes on', async () => {
    await hello();
    await connection.sendRequest(METHOD.setPaused, { paused: true });
    await load();
    let answered = false;
    const held = connection.sendRequest<GenerateResult>(METHOD.generate, { ...requestFor('x'), requestId: '1' }).then((result) => {
      answered = true;
      return result;
    });
    expect(await connection.sendRequest(METHOD.countTokens, { texts: ['abc'] })).toEqual({ counts: [3] });
    expect(answered).toBe(false);
    await connection.sendRequest(METHOD.setPaused, { paused: false });
    expect((await held).text).toBe('x');
  });

  it('lets go of a request that is cancelled, and of all when it shuts down', async () => {
    await hello();
    await load();
    await connection.sendRequest(METHOD.setPaused, { paused: true });
    const held = connection.sendRequest<GenerateResult>(METHOD.generate, { ...requestFor('x'), requestId: '1' });
    await connection.sendNotification(METHOD.cancel, { requestId: '1' });
    expect((await held).stopReason).toBe('cancelled');
    const other = connection.sendRequest<GenerateResult>(METHOD.generate, { ...requestFor('x'), requestId: '2' });
    await connection.sendRequest(METHOD.shutdown, {});
    expect((await other).stopReason).toBe('cancelled');
  });

  it('looks into files as ever', async () => {
    await hello();
    await connection.sendRequest(METHOD.setPaused, { paused: true });
    const file = await connection.sendRequest(METHOD.inspectFile, { modelPath: model.modelPath });
    expect(file).toMatchObject({ name: 'echo', fileBytes: 4, canChat: false });
  });
});

describe('when the worker ends', () => {
  it('after a shutdown, with exit code 0, as soon as its host lets go', async () => {
    await hello();
    await load();
    await connection.sendRequest(METHOD.shutdown, {});
    const exited = once(worker, 'exit');
    worker.disconnect();
    expect(await exited).toEqual([0, null]);
  });

  it('when its parent is killed', async () => {
    const parent = spawn(process.execPath, [path.join(__dirname, 'fakes', 'parent.js'), workerPath, FAKE_ADDON, model.modelPath], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: parent.stdout });
    const [loaded] = (await once(lines, 'line')) as [string];
    const pid = Number(loaded.replace('loaded ', ''));
    const bothGone = once(parent.stdout, 'close');
    expect(() => process.kill(pid, 0)).not.toThrow();
    parent.kill('SIGKILL');
    // Resolves only when no process holds the other end of the pipe any more; otherwise the test times out.
    await bothGone;
  });
});

describe.runIf(process.platform === 'linux')('an idle worker', () => {
  it('uses no CPU', async () => {
    await hello();
    await load();
    await connection.sendRequest(METHOD.generate, { ...requestFor('warm up'), requestId: '1' });
    const before = cpuTicks(worker.pid ?? 0);
    await delay(3000);
    // One tick is 10 ms; Node's own housekeeping after the last request may cost two. A timer of 16 ms would cost more.
    expect(cpuTicks(worker.pid ?? 0) - before).toBeLessThanOrEqual(2);
  });

  it('runs below normal priority', async () => {
    await hello();
    expect(niceValue(worker.pid ?? 0)).toBe(constants.priority.PRIORITY_BELOW_NORMAL);
  });
});
