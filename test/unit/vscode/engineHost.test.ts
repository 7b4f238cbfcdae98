import { describe, expect, test } from 'vitest';
import type { ModeChoice } from '../../../src/protocol/engineProtocol';
import { EngineHost } from '../../../src/vscode/engineHost';
import { settle } from '../completion/controlledEngine';
import { FAKE_MODEL } from '../engine/fakeWorker';
import { fakeClients } from './fakeEngineClient';

const READY = { kind: 'ready', restarts: 0, pid: 7 } as const;
const REQUEST = {} as Parameters<EngineHost['generate']>[0];

function setUp(bundledModelPath = () => Promise.resolve('/ext/models/bamboo-nano.gguf')) {
  const fakes = fakeClients();
  const settings = { modelPath: '', threads: 0 };
  const mode: { choice: ModeChoice } = { choice: 'auto' };
  const logged: string[] = [];
  const host = new EngineHost({
    createClient: fakes.create,
    settings: () => ({ ...settings }),
    mode: () => mode.choice,
    onShadowCheck: () => undefined,
    bundledModelPath,
    workerPath: '/ext/dist/worker.js',
    addonPath: '/ext/dist/native/bamboo.node',
    log: (level, message) => logged.push(`${level}: ${message}`),
  });
  return { ...fakes, settings, mode, host, logged };
}

describe('the engine host', () => {
  test('starts a client for the bundled model and follows its state', async () => {
    const { host, clients } = setUp();
    const seen: string[] = [];
    host.onDidChangeState(() => seen.push(host.state.kind));
    const started = host.start();
    await settle();
    expect(clients[0]?.options).toMatchObject({ modelPath: '/ext/models/bamboo-nano.gguf', threads: 0, workerPath: '/ext/dist/worker.js' });
    expect(host.silence).toBe('engine-starting');
    clients[0]?.become(READY);
    await started;
    expect(host.silence).toBeUndefined();
    expect(seen.at(-1)).toBe('ready');
    await host.whenReady();
  });

  test('the chosen model and threads are used', async () => {
    const { host, clients, settings } = setUp();
    settings.modelPath = '/models/a.gguf';
    settings.threads = 2;
    void host.start();
    await settle();
    expect(clients[0]?.options).toMatchObject({ modelPath: '/models/a.gguf', threads: 2 });
  });

  test('every request is made in the mode of the settings, and a change reaches the request that runs', async () => {
    const { host, clients, mode } = setUp();
    void host.start();
    await settle();
    clients[0]?.become(READY);
    const { signal } = new AbortController();
    await host.generate(REQUEST, signal);
    mode.choice = 'dense';
    await host.modeChanged();
    await host.generate(REQUEST, signal);
    expect(clients[0]?.modes).toEqual(['dense']);
    expect(clients[0]?.asked).toEqual(['auto', 'dense']);
    expect(clients).toHaveLength(1);
  });

  test('a request that names its mode keeps it', async () => {
    const { host, clients } = setUp();
    void host.start();
    await settle();
    clients[0]?.become(READY);
    await host.generate({ ...REQUEST, mode: 'dense' }, new AbortController().signal);
    expect(clients[0]?.asked).toEqual(['dense']);
  });

  test('a model without predictors runs in the automatic mode where predicted is asked for', async () => {
    const { host, clients, mode } = setUp();
    mode.choice = 'predicted';
    void host.start();
    await settle();
    const { signal } = new AbortController();
    clients[0]?.become({ ...READY, model: FAKE_MODEL });
    await host.generate(REQUEST, signal);
    clients[0]?.become({ ...READY, model: { ...FAKE_MODEL, modes: ['dense', 'exact', 'predicted'] } });
    await host.generate(REQUEST, signal);
    expect(clients[0]?.asked).toEqual(['auto', 'predicted']);
  });

  test('another start ends the old client before the new one is made', async () => {
    const { host, clients } = setUp();
    void host.start();
    await settle();
    clients[0]?.become(READY);
    void host.start();
    expect(host.state.kind).toBe('starting');
    await settle();
    expect(clients[0]?.disposed).toBe(true);
    expect(clients[1]?.started).toBe(true);
    clients[0]?.become({ kind: 'stopped', restarts: 0 });
    expect(host.state.kind).toBe('starting');
  });

  test('starts that overtake one another leave one running client', async () => {
    const { host, clients } = setUp();
    void host.start();
    void host.start();
    void host.start();
    await settle();
    expect(clients.filter((client) => client.started && !client.disposed)).toHaveLength(1);
  });

  test('a missing bundled model is a state with its reason, not an exception', async () => {
    const { host, logged } = setUp(() => Promise.reject(new Error('The bundled model is missing.')));
    await host.start();
    expect(host.state).toMatchObject({ kind: 'failed', error: { message: 'The bundled model is missing.' } });
    expect(host.silence).toBe('engine-stopped');
    expect(logged.join()).toContain('The bundled model is missing.');
    await expect(host.whenReady()).rejects.toThrow('The bundled model is missing.');
    await expect(host.generate(REQUEST, new AbortController().signal)).rejects.toThrow('The bundled model is missing.');
  });

  test('a client that failed tells why, and the next start may work', async () => {
    const { host, clients } = setUp();
    const started = host.start();
    await settle();
    clients[0]?.become({ kind: 'failed', error: { code: 'bad-magic', message: 'No GGUF file.' }, restarts: 0 });
    await started;
    expect(host.state).toMatchObject({ kind: 'failed', error: { code: 'bad-magic' } });
    void host.start();
    await settle();
    clients[1]?.become(READY);
    expect(host.state.kind).toBe('ready');
  });

  test('a request made while the client is being prepared waits for it', async () => {
    const { host } = setUp();
    void host.start();
    const result = await host.generate(REQUEST, new AbortController().signal);
    expect(result.text).toBe('price;');
  });

  test('a request before any start says so', async () => {
    await expect(setUp().host.generate(REQUEST, new AbortController().signal)).rejects.toThrow('not been started');
  });

  test('dispose ends the worker', async () => {
    const { host, clients } = setUp();
    void host.start();
    await settle();
    await host.dispose();
    expect(clients[0]?.disposed).toBe(true);
  });
});
