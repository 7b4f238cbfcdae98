/**
 * The engine client's decisions, with workers played by the test and time moved by hand.
 */
import { describe, expect, it } from 'vitest';
import { createEngineClient, type EngineClient, type EngineState } from '../../../src/engine/engineClient';
import { GREEDY, METHOD, type GenerateRequest } from '../../../src/protocol/engineProtocol';
import { FakeTimers } from './fakeTimers';
import { FAKE_MODEL, FakeWorker, TIMINGS } from './fakeWorker';

const REQUEST: Omit<GenerateRequest, 'requestId'> = {
  priority: 'completion',
  prompt: [{ kind: 'text', text: 'secret source code' }],
  maxTokens: 8,
  maxPromptTokens: 0,
  sampling: GREEDY,
  stop: { strings: [], tokens: [] },
};
const never = new AbortController().signal;

class Bench {
  readonly timers = new FakeTimers();
  readonly workers: FakeWorker[] = [];
  readonly logged: string[] = [];
  readonly states: EngineState[] = [];
  prepare: (worker: FakeWorker) => void = () => undefined;
  readonly client: EngineClient = createEngineClient(
    {
      workerPath: 'worker.js',
      addonPath: 'bamboo.node',
      modelPath: FAKE_MODEL.modelPath,
      threads: 0,
      contextLength: 0,
      log: (level, message) => this.logged.push(`${level} ${message}`),
    },
    {
      timers: this.timers,
      spawn: () => {
        const worker = new FakeWorker(100 + this.workers.length);
        this.prepare(worker);
        this.workers.push(worker);
        return worker;
      },
    },
  );

  constructor() {
    this.client.onDidChangeState((state) => this.states.push(state));
  }

  get worker(): FakeWorker {
    const worker = this.workers.at(-1);
    if (worker === undefined) {
      throw new Error('no worker was started');
    }
    return worker;
  }

  reached(kind: EngineState['kind']): Promise<void> {
    return new Promise((resolve) => {
      const end = this.client.onDidChangeState((state) => {
        if (state.kind === kind) {
          end();
          resolve();
        }
      });
    });
  }
}

/** Answers with text only after the test says so. */
function heldAnswer(worker: FakeWorker): { asked: Promise<GenerateRequest>; answer: (change?: object) => void } {
  let answer: (change?: object) => void = () => undefined;
  const asked = new Promise<GenerateRequest>((resolveAsked) => {
    worker.generate = (request) =>
      new Promise((resolve) => {
        answer = (change) =>
          resolve({ requestId: request.requestId, text: 'late', tokens: [], stopReason: 'end-token', timings: TIMINGS, ...change });
        resolveAsked(request);
      });
  });
  return { asked, answer: (change) => answer(change) };
}

describe('starting', () => {
  it('spawns one worker however often it is asked', async () => {
    const bench = new Bench();
    await Promise.all([bench.client.start(), bench.client.start()]);
    await bench.client.start();
    expect(bench.workers).toHaveLength(1);
    expect(bench.client.state).toEqual({ kind: 'ready', model: FAKE_MODEL, pid: 100, restarts: 0 });
  });

  it('leaves no timer behind once the engine is idle', async () => {
    const bench = new Bench();
    await bench.client.start();
    await bench.client.generate(REQUEST, never);
    expect(bench.timers.count).toBe(0);
  });

  it('fails on a worker of another protocol version and does not start another', async () => {
    const bench = new Bench();
    bench.prepare = (worker) => (worker.hello = { protocolVersion: 0, workerVersion: '0', pid: 1, nodeVersion: 'v1' });
    await expect(bench.client.start()).rejects.toMatchObject({ code: 'protocol-mismatch' });
    expect(bench.client.state.kind).toBe('failed');
    expect(bench.workers).toHaveLength(1);
  });

  it('does not believe a malformed model description', async () => {
    const bench = new Bench();
    bench.prepare = (worker) => (worker.model = { ...FAKE_MODEL, vocabSize: 'many' });
    await expect(bench.client.start()).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('vocabSize') as string });
  });

  it('is needed before text is asked for', async () => {
    await expect(new Bench().client.generate(REQUEST, never)).rejects.toMatchObject({ code: 'worker-stopped' });
  });
});

describe('restarting', () => {
  it('waits longer each time and stops after five restarts', async () => {
    const bench = new Bench();
    await bench.client.start();
    const delays: (number | undefined)[] = [];
    for (let i = 0; i < 5; i++) {
      bench.worker.exit('exit code 1');
      delays.push(bench.timers.nextInMs);
      const ready = bench.reached('ready');
      bench.timers.advance(delays.at(-1) ?? 0);
      await ready;
    }
    expect(delays).toEqual([250, 500, 1000, 2000, 4000]);
    bench.worker.exit('exit code 1');
    expect(bench.client.state).toMatchObject({ kind: 'stopped', restarts: 5, error: { code: 'worker-stopped' } });
    expect(bench.client.state.error?.message).toContain('Restart Worker');
    expect(bench.timers.count).toBe(0);
    await expect(bench.client.generate(REQUEST, never)).rejects.toMatchObject({ code: 'worker-stopped' });
  });

  it('by hand starts counting anew', async () => {
    const bench = new Bench();
    bench.prepare = (worker) => setImmediate(() => worker.exit('signal SIGILL'));
    const stopped = bench.reached('stopped');
    void bench.client.start().catch(() => undefined);
    for (let i = 0; i < 5; i++) {
      await bench.reached('restarting');
      bench.timers.advance(8000);
    }
    await stopped;
    bench.prepare = () => undefined;
    await bench.client.restart();
    expect(bench.client.state.kind).toBe('ready');
    bench.worker.exit('exit code 1');
    expect(bench.timers.nextInMs).toBe(250);
  });

  it('by hand ends the worker that runs', async () => {
    const bench = new Bench();
    await bench.client.start();
    const first = bench.worker;
    await bench.client.restart();
    expect(bench.workers).toHaveLength(2);
    expect(bench.worker).not.toBe(first);
    expect(bench.client.state).toMatchObject({ kind: 'ready', pid: 101 });
  });

  it('happens when the worker cannot even be spawned', async () => {
    const bench = new Bench();
    bench.prepare = () => {
      throw new Error('EAGAIN');
    };
    const start = bench.client.start();
    expect(bench.client.state).toMatchObject({ kind: 'restarting', error: { code: 'worker-crashed' } });
    bench.prepare = () => undefined;
    bench.timers.advance(250);
    await start;
    expect(bench.client.state.kind).toBe('ready');
  });
});

describe('generating', () => {
  it('asks once more when the worker crashes', async () => {
    const bench = new Bench();
    await bench.client.start();
    const { asked } = heldAnswer(bench.worker);
    const result = bench.client.generate(REQUEST, never);
    await asked;
    bench.worker.exit('signal SIGSEGV');
    bench.timers.advance(250);
    expect((await result).text).toBe('ok');
    expect(bench.workers).toHaveLength(2);
  });

  it('kills a worker that does not answer pings and says so', async () => {
    const bench = new Bench();
    await bench.client.start();
    const { asked } = heldAnswer(bench.worker);
    const hung = bench.worker;
    hung.connection.onRequest(METHOD.ping, () => new Promise(() => undefined));
    const result = bench.client.generate(REQUEST, never);
    await asked;
    bench.timers.advance(12_000);
    await expect(result).rejects.toMatchObject({ code: 'worker-unresponsive' });
    expect(hung.killed).toBe(true);
    expect(bench.client.state.kind).toBe('restarting');
  });

  it('passes a cancellation on and waits for the answer', async () => {
    const bench = new Bench();
    await bench.client.start();
    const { asked, answer } = heldAnswer(bench.worker);
    const controller = new AbortController();
    const worker = bench.worker;
    const cancelArrived = new Promise<void>((resolve) => worker.connection.onNotification(METHOD.cancel, () => resolve()));
    const result = bench.client.generate(REQUEST, controller.signal);
    await asked;
    controller.abort();
    await cancelArrived;
    answer({ stopReason: 'cancelled' });
    expect((await result).stopReason).toBe('cancelled');
  });

  it('answers a request that was aborted before with cancelled, without a message', async () => {
    const bench = new Bench();
    await bench.client.start();
    expect((await bench.client.generate(REQUEST, AbortSignal.abort())).stopReason).toBe('cancelled');
    expect(bench.worker.cancelled).toEqual([]);
  });

  it('refuses a malformed answer', async () => {
    const bench = new Bench();
    await bench.client.start();
    bench.worker.generate = ({ requestId }) => ({ requestId, text: 'x' });
    await expect(bench.client.generate(REQUEST, never)).rejects.toMatchObject({ code: 'internal' });
    expect(bench.client.state.kind).toBe('ready');
  });

  it('never writes source code into the log', async () => {
    const bench = new Bench();
    await bench.client.start();
    await bench.client.generate(REQUEST, never);
    bench.worker.exit('exit code 1');
    expect(bench.logged.join('\n')).not.toContain('secret');
  });
});

describe('disposing', () => {
  it('fails those who wait for a worker', async () => {
    const bench = new Bench();
    await bench.client.start();
    bench.worker.exit('exit code 1');
    const waiting = bench.client.generate(REQUEST, never);
    await Promise.all([expect(waiting).rejects.toMatchObject({ code: 'worker-stopped' }), bench.client.dispose()]);
    expect(bench.timers.count).toBe(0);
  });

  it('is final', async () => {
    const bench = new Bench();
    await bench.client.start();
    await bench.client.dispose();
    await expect(bench.client.start()).rejects.toMatchObject({ code: 'worker-stopped' });
    expect(bench.workers).toHaveLength(1);
  });
});
