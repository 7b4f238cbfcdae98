/**
 * The engine client against a real worker process, with a native library in JavaScript behind it.
 */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEngineClient, type EngineClient, type EngineState } from '../../src/engine/engineClient';
import { REAL_TIMERS, type Timers } from '../../src/engine/timers';
import { createFakeModel, FAKE_ADDON, requestFor, type FakeModel } from './fakeModel';
import { bundleForTests } from './workerBundle';

let workerPath: string;
let model: FakeModel;
let client: EngineClient | undefined;
let logged: string[];
const never = new AbortController().signal;

beforeAll(async () => {
  workerPath = await bundleForTests('src/worker/main.ts', 'worker.js');
});
beforeEach(() => {
  model = createFakeModel();
  logged = [];
});
afterEach(async () => {
  await client?.dispose();
  model.remove();
});

function makeClient(overrides: Partial<Parameters<typeof createEngineClient>[0]> = {}, timers?: Timers): EngineClient {
  client = createEngineClient(
    {
      workerPath,
      addonPath: FAKE_ADDON,
      modelPath: model.modelPath,
      threads: 1,
      contextLength: 0,
      log: (level, message) => logged.push(`${level} ${message}`),
      ...overrides,
    },
    timers === undefined ? {} : { timers },
  );
  return client;
}

/** Resolves with the first state of this kind that comes after the call. */
function nextState(engine: EngineClient, kind: EngineState['kind']): Promise<EngineState> {
  return new Promise((resolve) => {
    const end = engine.onDidChangeState((state) => {
      if (state.kind === kind) {
        end();
        resolve(state);
      }
    });
  });
}

/** A promise and the function that resolves it. */
function signalled(): { promise: Promise<void>; signal: () => void } {
  let signal: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    signal = resolve;
  });
  return { promise, signal: () => signal() };
}

describe('a healthy worker', () => {
  it('shakes hands, loads the model and says what it loaded', async () => {
    const engine = makeClient();
    const kinds: string[] = [];
    engine.onDidChangeState((state) => kinds.push(state.kind));
    await engine.start();
    expect(kinds).toEqual(['starting', 'ready']);
    expect(engine.state.model).toMatchObject({ name: 'echo', isa: 'fake', modelPath: model.modelPath });
    expect(engine.state.pid).not.toBe(process.pid);
  });

  it('streams batches whose text adds up to the result', async () => {
    const engine = makeClient();
    await engine.start();
    const pieces: string[] = [];
    const result = await engine.generate(requestFor('const größe = "🐼";'), never, (tokens) => pieces.push(tokens.text));
    expect(result.text).toBe('const größe = "🐼";');
    expect(result.stopReason).toBe('end-token');
    expect(pieces.join('')).toBe(result.text);
    expect(pieces.length).toBeGreaterThan(5);
    expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
    expect(result.timings.promptTokens).toBe(Buffer.byteLength(result.text));
  });

  it('answers an aborted request with a cancelled result and serves the next one', async () => {
    const engine = makeClient();
    await engine.start();
    const controller = new AbortController();
    const running = engine.generate({ ...requestFor('x', '<|endless|>'), maxTokens: 500 }, controller.signal, () => controller.abort());
    expect((await running).stopReason).toBe('cancelled');
    expect((await engine.generate(requestFor('next'), never)).text).toBe('next');
  });

  it('lets a newer completion cancel the one that runs', async () => {
    const engine = makeClient();
    await engine.start();
    const firstTokens = signalled();
    const older = engine.generate({ ...requestFor('x', '<|endless|>'), maxTokens: 500 }, never, firstTokens.signal);
    await firstTokens.promise;
    const newer = engine.generate(requestFor('newer'), never);
    expect((await older).stopReason).toBe('cancelled');
    expect((await newer).text).toBe('newer');
  });

  it('hands on an error of the library with its code and stays ready', async () => {
    const engine = makeClient();
    await engine.start();
    await expect(engine.generate(requestFor('x', '<|fail|>'), never)).rejects.toMatchObject({ code: 'out-of-memory' });
    expect(engine.state.kind).toBe('ready');
    expect((await engine.generate(requestFor('again'), never)).text).toBe('again');
  });

  it('takes special token names that stand in text as text', async () => {
    const engine = makeClient();
    await engine.start();
    expect((await engine.generate(requestFor('a <|crash|> b'), never)).text).toBe('a <|crash|> b');
  });
});

describe('a worker that dies', () => {
  it('is started again after kill -9, and the request that ran is made once more', async () => {
    const engine = makeClient();
    await engine.start();
    const controller = new AbortController();
    const killed = engine.state.pid;
    const restarted = signalled();
    let textSinceRestart = '';
    const result = engine.generate(
      { ...requestFor('abc', '<|endless|>'), maxTokens: 500 },
      controller.signal,
      (tokens) => {
        textSinceRestart += tokens.text;
        if (engine.state.pid === killed) {
          process.kill(killed ?? 0, 'SIGKILL');
        } else {
          controller.abort();
        }
      },
      () => {
        textSinceRestart = '';
        restarted.signal();
      },
    );
    await restarted.promise;
    expect((await result).stopReason).toBe('cancelled');
    expect(textSinceRestart.startsWith('a')).toBe(true);
    expect(engine.state).toMatchObject({ kind: 'ready', restarts: 1 });
    expect(logged.some((line) => line.includes('worker-crashed') && line.includes('SIGKILL'))).toBe(true);
  });

  it('gives the whole text once when it died after some of it was streamed', async () => {
    const engine = makeClient();
    await engine.start();
    let shown = '';
    const result = await engine.generate(
      requestFor('hello', '<|crash_late_once|>'),
      never,
      (tokens) => (shown += tokens.text),
      () => (shown = ''),
    );
    expect(result.text).toBe('hello');
    expect(shown).toBe('hello');
  });

  it('fails with worker-crashed instead of streaming twice when the caller cannot start over', async () => {
    const engine = makeClient();
    await engine.start();
    let shown = '';
    const result = engine.generate(requestFor('hello', '<|crash_late_once|>'), never, (tokens) => (shown += tokens.text));
    await expect(result).rejects.toMatchObject({ code: 'worker-crashed', message: expect.stringContaining('exit code 3') as string });
    expect(shown).toBe('he');
  });

  it('retries a request only once', async () => {
    const engine = makeClient();
    await engine.start();
    await expect(engine.generate(requestFor('x', '<|crash|>'), never)).rejects.toMatchObject({ code: 'worker-crashed' });
    expect(engine.state.restarts).toBe(2);
    expect((await engine.generate(requestFor('alive'), never)).text).toBe('alive');
  });

  it('is ended and started again when it stops answering', async () => {
    // While the worker is blocked time runs five times as fast: a hang after 2 s of silence. Starting gets its real 10 s.
    let speed = 1;
    const engine = makeClient({}, { ...REAL_TIMERS, after: (delayMs, callback) => REAL_TIMERS.after(delayMs / speed, callback) });
    await engine.start();
    engine.onDidChangeState(() => (speed = 1));
    speed = 5;
    await expect(engine.generate(requestFor('x', '<|block|>'), never)).rejects.toMatchObject({ code: 'worker-unresponsive' });
    expect((await engine.generate(requestFor('alive'), never)).text).toBe('alive');
  });

  it('keeps requests waiting while it restarts, until they are aborted', async () => {
    const engine = makeClient();
    await engine.start();
    const restarting = nextState(engine, 'restarting');
    process.kill(engine.state.pid ?? 0, 'SIGKILL');
    await restarting;
    const controller = new AbortController();
    const aborted = engine.generate(requestFor('aborted'), controller.signal);
    const patient = engine.generate(requestFor('patient'), never);
    controller.abort();
    expect((await aborted).stopReason).toBe('cancelled');
    expect(engine.state.kind).toBe('restarting');
    expect((await patient).text).toBe('patient');
  });
});

describe('a worker that cannot serve', () => {
  it('reports a bad model file and does not try again by itself', async () => {
    model.remove();
    model = createFakeModel('HTML');
    const engine = makeClient();
    await expect(engine.start()).rejects.toMatchObject({ code: 'bad-magic' });
    expect(engine.state).toMatchObject({ kind: 'failed', restarts: 0, error: { code: 'bad-magic' } });
    await expect(engine.generate(requestFor('x'), never)).rejects.toMatchObject({ code: 'bad-magic' });
  });

  it('names a missing tokenizer', async () => {
    rmSync(path.join(path.dirname(model.modelPath), 'tokenizer.json'));
    await expect(makeClient().start()).rejects.toMatchObject({ code: 'missing-tokenizer' });
  });

  it('names a native library that cannot be loaded', async () => {
    const engine = makeClient({ addonPath: path.join(path.dirname(model.modelPath), 'absent.node') });
    await expect(engine.start()).rejects.toMatchObject({ code: 'native-library-missing' });
  });

  it('refuses a worker of another protocol version', async () => {
    const engine = makeClient({ workerPath: path.join(__dirname, 'fakes', 'olderWorker.js') });
    await expect(engine.start()).rejects.toMatchObject({
      code: 'protocol-mismatch',
      message: expect.stringContaining('Reload the window') as string,
    });
    expect(engine.state.kind).toBe('failed');
  });

  it('serves after a restart with the cause removed', async () => {
    model.remove();
    model = createFakeModel('HTML');
    const engine = makeClient();
    await expect(engine.start()).rejects.toMatchObject({ code: 'bad-magic' });
    writeFileSync(model.modelPath, 'GGUF');
    await engine.restart();
    expect((await engine.generate(requestFor('fine'), never)).text).toBe('fine');
  });
});

describe('the end of an engine', () => {
  it('leaves no process behind and fails what runs with worker-stopped', async () => {
    const engine = makeClient();
    await engine.start();
    const pid = engine.state.pid ?? 0;
    const firstTokens = signalled();
    const running = engine.generate({ ...requestFor('x', '<|endless|>'), maxTokens: 500 }, never, firstTokens.signal);
    await firstTokens.promise;
    await Promise.all([engine.dispose(), expect(running).rejects.toMatchObject({ code: 'worker-stopped' })]);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(engine.state.kind).toBe('stopped');
  });
});
