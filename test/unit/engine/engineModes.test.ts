/**
 * Modes and shadow checks through the engine client, with workers played by the test.
 */
import { describe, expect, it } from 'vitest';
import { createEngineClient, type EngineClient } from '../../../src/engine/engineClient';
import { ENGINE_ERROR_NUMBER, GREEDY, METHOD, type GenerateRequest } from '../../../src/protocol/engineProtocol';
import type { ShadowCheck } from '../../../src/protocol/metrics';
import { ResponseError } from 'vscode-jsonrpc/node';
import { FakeTimers } from './fakeTimers';
import { FAKE_MODEL, FakeWorker, TIMINGS } from './fakeWorker';

const REQUEST: Omit<GenerateRequest, 'requestId'> = {
  priority: 'completion',
  prompt: [{ kind: 'text', text: 'x' }],
  maxTokens: 8,
  maxPromptTokens: 0,
  sampling: GREEDY,
  stop: { strings: [], tokens: [] },
};
const never = new AbortController().signal;
const CHECK: ShadowCheck = { requestId: 'r', everyN: 8, positions: 3, neuronRecall: [0.9], massRecall: [0.99] };

interface Bench {
  readonly client: EngineClient;
  readonly worker: FakeWorker;
  readonly asked: GenerateRequest[];
  readonly modes: unknown[];
  readonly checks: ShadowCheck[];
  readonly logged: string[];
}

function setUp(): Bench {
  const worker = new FakeWorker(100);
  const [asked, modes, checks, logged]: [GenerateRequest[], unknown[], ShadowCheck[], string[]] = [[], [], [], []];
  worker.generate = (request) => {
    asked.push(request);
    return { requestId: request.requestId, text: 'ok', tokens: [], stopReason: 'end-token', timings: TIMINGS, mode: 'dense' };
  };
  worker.connection.onRequest(METHOD.setMode, ({ mode }: { mode: string }) => {
    modes.push(mode);
    return mode === 'predicted' ? refusal() : { mode: 'dense' };
  });
  const client = createEngineClient(
    {
      workerPath: 'worker.js',
      addonPath: 'bamboo.node',
      modelPath: FAKE_MODEL.modelPath,
      threads: 0,
      contextLength: 0,
      log: (level, message) => logged.push(`${level} ${message}`),
      onShadowCheck: (check) => checks.push(check),
    },
    { timers: new FakeTimers(), spawn: () => worker },
  );
  return { client, worker, asked, modes, checks, logged };
}

function refusal(): ResponseError<object> {
  const message = 'this model file has no predictors';
  return new ResponseError(ENGINE_ERROR_NUMBER, message, { code: 'invalid-argument', message });
}

describe('the mode', () => {
  it('that is set reaches the worker and the requests that name none', async () => {
    const { client, asked, modes } = setUp();
    await client.start();
    await client.generate(REQUEST, never);
    await client.setMode('dense');
    const result = await client.generate(REQUEST, never);
    await client.generate({ ...REQUEST, mode: 'exact' }, never);
    expect(modes).toEqual(['dense']);
    expect(asked.map(({ mode }) => mode)).toEqual(['auto', 'dense', 'exact']);
    expect(result.mode).toBe('dense');
  });

  it('set before the start is for the first request', async () => {
    const { client, asked, modes } = setUp();
    await client.setMode('dense');
    await client.start();
    await client.generate(REQUEST, never);
    expect(modes).toEqual([]);
    expect(asked.map(({ mode }) => mode)).toEqual(['dense']);
  });

  it('that the model lacks is refused and changes nothing', async () => {
    const { client, asked } = setUp();
    await client.start();
    await expect(client.setMode('predicted')).rejects.toMatchObject({ code: 'invalid-argument' });
    await client.generate(REQUEST, never);
    expect(asked.map(({ mode }) => mode)).toEqual(['auto']);
  });
});

describe('a shadow check', () => {
  it('reaches the host', async () => {
    const { client, worker, checks } = setUp();
    await client.start();
    await worker.connection.sendNotification(METHOD.shadow, CHECK);
    await client.generate(REQUEST, never);
    expect(checks).toEqual([CHECK]);
  });

  it.each([
    ['a recall over 1', { ...CHECK, massRecall: [1.5] }],
    ['more layers than any model has', { ...CHECK, neuronRecall: Array.from({ length: 2000 }, () => 1) }],
    ['no positions', { ...CHECK, positions: undefined }],
  ])('with %s is logged and dropped', async (_name, check) => {
    const { client, worker, checks, logged } = setUp();
    await client.start();
    await worker.connection.sendNotification(METHOD.shadow, check);
    await client.generate(REQUEST, never);
    expect(checks).toEqual([]);
    expect(logged.some((line) => line.startsWith('error') && line.includes('"shadow"'))).toBe(true);
  });
});

describe('metrics in an answer', () => {
  it('that are malformed fail the request', async () => {
    const { client, worker } = setUp();
    worker.generate = ({ requestId }) => ({
      requestId,
      text: '',
      tokens: [],
      stopReason: 'end-token',
      timings: TIMINGS,
      metrics: { prefill: { computedTokens: -1 } },
    });
    await client.start();
    await expect(client.generate(REQUEST, never)).rejects.toThrow(/malformed at metrics\.prefill/);
  });
});
