/**
 * Pausing, counting, activity, memory and looking into files through the engine client, with workers played by the test.
 */
import { describe, expect, it } from 'vitest';
import { createEngineClient, type EngineClient } from '../../../src/engine/engineClient';
import { GREEDY, METHOD, type GenerateRequest, type ModelFile } from '../../../src/protocol/engineProtocol';
import { FakeTimers } from './fakeTimers';
import { FAKE_MODEL, FakeWorker, TIMINGS } from './fakeWorker';

const REQUEST: Omit<GenerateRequest, 'requestId'> = {
  priority: 'chat',
  prompt: [{ kind: 'text', text: 'x' }],
  maxTokens: 8,
  maxPromptTokens: 0,
  sampling: GREEDY,
  stop: { strings: [], tokens: [] },
};
const never = new AbortController().signal;
const FILE: ModelFile = {
  ...{ modelPath: '/m.gguf', name: 'm', architecture: 'bamboo', fileBytes: 1, parameterCount: 1, contextLength: 1, quantization: 'Q4_0' },
  ...{ sparsity: 'dReLU', hasPredictors: false, canInfill: false, canChat: false },
};

class Bench {
  readonly timers = new FakeTimers();
  readonly workers: FakeWorker[] = [];
  /** Messages in the order in which the workers got them. */
  readonly received: string[] = [];
  prepare: (worker: FakeWorker) => void = () => undefined;
  readonly client: EngineClient = createEngineClient(
    {
      ...{ workerPath: 'worker.js', addonPath: 'bamboo.node', modelPath: FAKE_MODEL.modelPath, threads: 0, contextLength: 0 },
      log: () => undefined,
    },
    { timers: this.timers, spawn: () => this.spawn() },
  );

  get worker(): FakeWorker {
    const worker = this.workers.at(-1);
    if (worker === undefined) throw new Error('no worker was started');
    return worker;
  }

  reached(kind: string): Promise<void> {
    return new Promise((resolve) => {
      this.client.onDidChangeState((state) => {
        if (state.kind === kind) resolve();
      });
    });
  }

  private spawn(): FakeWorker {
    const worker = new FakeWorker(100 + this.workers.length);
    worker.generate = ({ requestId }) => {
      this.received.push('generate');
      return { requestId, text: 'ok', tokens: [], stopReason: 'end-token', timings: TIMINGS };
    };
    worker.connection.onRequest(METHOD.setPaused, ({ paused }: { paused: boolean }) => {
      this.received.push(paused ? 'pause' : 'resume');
      return {};
    });
    this.prepare(worker);
    this.workers.push(worker);
    return worker;
  }
}

describe('pausing', () => {
  it('reaches the worker and is taken back', async () => {
    const bench = new Bench();
    await bench.client.start();
    await bench.client.setPaused(true);
    await bench.client.setPaused(false);
    expect(bench.received).toEqual(['pause', 'resume']);
  });

  it('before the start holds for the first worker, ahead of what is asked of it', async () => {
    const bench = new Bench();
    await bench.client.setPaused(true);
    await bench.client.start();
    await bench.client.generate(REQUEST, never);
    expect(bench.received).toEqual(['pause', 'generate']);
  });

  it('that was taken back before the start leaves no trace', async () => {
    const bench = new Bench();
    await bench.client.setPaused(true);
    await bench.client.setPaused(false);
    await bench.client.start();
    await bench.client.generate(REQUEST, never);
    expect(bench.received).toEqual(['generate']);
  });

  it('outlives a crash of the worker', async () => {
    const bench = new Bench();
    await bench.client.start();
    await bench.client.setPaused(true);
    const again = bench.reached('ready');
    bench.worker.exit('signal SIGSEGV');
    bench.timers.advance(250);
    await again;
    await bench.client.generate(REQUEST, never);
    expect(bench.received).toEqual(['pause', 'pause', 'generate']);
  });

  it('is no failure when the worker dies of it: the next one is paused', async () => {
    const bench = new Bench();
    bench.prepare = (worker) => worker.connection.onRequest(METHOD.setPaused, () => worker.exit('signal SIGKILL'));
    await bench.client.start();
    bench.prepare = () => undefined;
    await bench.client.setPaused(true);
    bench.timers.advance(250);
    await bench.client.generate(REQUEST, never);
    expect(bench.received).toEqual(['pause', 'generate']);
  });

  it('does not look like a hung worker, however long it takes', async () => {
    const bench = new Bench();
    let pings = 0;
    bench.prepare = (worker) => {
      worker.connection.onRequest(METHOD.ping, () => ({ residentBytes: ++pings }));
      worker.generate = () => new Promise(() => undefined);
    };
    await bench.client.start();
    await bench.client.setPaused(true);
    void bench.client.generate(REQUEST, never).catch(() => undefined);
    for (let beat = 0; beat < 30; beat++) {
      bench.timers.advance(2000);
      // Answers come in order: the ping's is there when this one is.
      await bench.client.setPaused(true);
    }
    expect(pings).toBeGreaterThanOrEqual(30);
    expect(bench.client.state).toMatchObject({ kind: 'ready', restarts: 0 });
    await bench.client.dispose();
  });
});

describe('questions about the model', () => {
  it('are answered by the worker', async () => {
    const bench = new Bench();
    bench.prepare = ({ connection }) => {
      connection.onRequest(METHOD.countTokens, ({ texts }: { texts: string[] }) => ({ counts: texts.map((text) => text.length) }));
      connection.onRequest(METHOD.neuronActivity, () => ({ tokens: 5, hotShares: [0.25], hotShare: 0.25 }));
    };
    await bench.client.start();
    expect(await bench.client.countTokens(['abc', ''])).toEqual([3, 0]);
    expect(await bench.client.neuronActivity()).toEqual({ tokens: 5, hotShares: [0.25], hotShare: 0.25 });
  });

  it('with malformed answers fail', async () => {
    const bench = new Bench();
    bench.prepare = ({ connection }) => {
      connection.onRequest(METHOD.countTokens, () => ({ counts: [-1] }));
      connection.onRequest(METHOD.neuronActivity, () => ({ tokens: 5, hotShares: [2], hotShare: 0.25 }));
    };
    await bench.client.start();
    await expect(bench.client.countTokens(['a'])).rejects.toThrow(/"countTokens" message is malformed/);
    await expect(bench.client.neuronActivity()).rejects.toThrow(/"neuronActivity" message is malformed/);
  });

  it('need a worker', async () => {
    await expect(new Bench().client.countTokens(['a'])).rejects.toMatchObject({ code: 'worker-stopped' });
  });
});

describe('the memory of the worker', () => {
  it('is known after a request, and unknown without a worker', async () => {
    const bench = new Bench();
    bench.prepare = ({ connection }) => connection.onRequest(METHOD.ping, () => ({ residentBytes: 12_345 }));
    expect(bench.client.residentBytes).toBeUndefined();
    await bench.client.start();
    await bench.client.generate(REQUEST, never);
    // The question behind it: answers come in order.
    await bench.client.setPaused(false);
    expect(bench.client.residentBytes).toBe(12_345);
    await bench.client.dispose();
    expect(bench.client.residentBytes).toBeUndefined();
  });
});

describe('looking into a file', () => {
  const answer = ({ connection }: FakeWorker): void => {
    connection.onRequest(METHOD.inspectFile, ({ modelPath }: { modelPath: string }) => ({ ...FILE, modelPath }));
  };

  it('needs no engine, and its worker ends afterwards', async () => {
    const bench = new Bench();
    bench.prepare = answer;
    expect(await bench.client.inspectFile('/a.gguf')).toEqual({ ...FILE, modelPath: '/a.gguf' });
    expect(bench.client.state.kind).toBe('stopped');
    expect(bench.workers).toHaveLength(1);
    expect(bench.timers.count).toBe(0);
  });

  it('works while the engine has failed, and leaves its state alone', async () => {
    const bench = new Bench();
    bench.prepare = (worker) => (worker.model = 'none');
    await expect(bench.client.start()).rejects.toMatchObject({ code: 'internal' });
    bench.prepare = answer;
    expect((await bench.client.inspectFile('/a.gguf')).name).toBe('m');
    expect(bench.client.state.kind).toBe('failed');
  });

  it('takes one file after another', async () => {
    const bench = new Bench();
    const open = new Set<FakeWorker>();
    let most = 0;
    bench.prepare = (worker) => {
      answer(worker);
      open.add(worker);
      worker.onExit(() => open.delete(worker));
      most = Math.max(most, open.size);
    };
    const files = await Promise.all(['/a', '/b', '/c'].map((file) => bench.client.inspectFile(file)));
    expect(files.map(({ modelPath }) => modelPath)).toEqual(['/a', '/b', '/c']);
    expect(most).toBe(1);
  });

  it('that kills its worker fails for this file only', async () => {
    const bench = new Bench();
    bench.prepare = (worker) => worker.connection.onRequest(METHOD.inspectFile, () => worker.exit('signal SIGBUS'));
    const bad = bench.client.inspectFile('/bad.gguf');
    await expect(bad).rejects.toMatchObject({ code: 'worker-crashed' });
    bench.prepare = answer;
    expect((await bench.client.inspectFile('/good.gguf')).name).toBe('m');
    expect(bench.client.state.restarts).toBe(0);
  });

  it('ends with the client, and no more than so many wait', async () => {
    const bench = new Bench();
    bench.prepare = ({ connection }) => connection.onRequest(METHOD.inspectFile, () => new Promise(() => undefined));
    const waiting = Array.from({ length: 64 }, (_, i) => bench.client.inspectFile(`/${i}`));
    const stopped = Promise.all(waiting.map((file) => expect(file).rejects.toMatchObject({ code: 'worker-stopped' })));
    await expect(bench.client.inspectFile('/65')).rejects.toMatchObject({ code: 'queue-full' });
    await bench.client.dispose();
    await stopped;
  });
});
