/**
 * Engine clients whose state the test sets by hand.
 */
import type { EngineClient, EngineClientOptions, EngineState } from '../../../src/engine/engineClient';
import type { ModeChoice } from '../../../src/protocol/engineProtocol';
import { resultOf } from '../completion/scriptedEngine';

export interface FakeClient extends EngineClient {
  readonly options: EngineClientOptions;
  /** Modes set, and modes of the requests made. */
  readonly modes: readonly ModeChoice[];
  readonly asked: readonly (ModeChoice | undefined)[];
  readonly started: boolean;
  readonly disposed: boolean;
  readonly pauses: readonly boolean[];
  become(state: EngineState): void;
}

/** Remembers every client that was made. Starting one makes it 'starting'; the rest is up to the test. */
export function fakeClients(): { readonly clients: FakeClient[]; readonly create: (options: EngineClientOptions) => EngineClient } {
  const clients: FakeClient[] = [];
  const create = (options: EngineClientOptions): EngineClient => {
    const listeners = new Set<(state: EngineState) => void>();
    const modes: ModeChoice[] = [];
    const pauses: boolean[] = [];
    const asked: (ModeChoice | undefined)[] = [];
    let state: EngineState = { kind: 'stopped', restarts: 0 };
    let started = false;
    let disposed = false;
    let settleStart: { resolve: () => void; reject: (error: Error) => void } | undefined;
    const client: FakeClient = {
      options,
      modes,
      pauses,
      asked,
      residentBytes: undefined,
      get state() {
        return state;
      },
      get started() {
        return started;
      },
      get disposed() {
        return disposed;
      },
      become(next) {
        state = next;
        for (const listener of listeners) listener(next);
        if (next.kind === 'ready') settleStart?.resolve();
        if (next.kind === 'failed') settleStart?.reject(new Error(next.error?.message));
      },
      onDidChangeState(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      start() {
        started = true;
        client.become({ kind: 'starting', restarts: 0 });
        return new Promise((resolve, reject) => {
          settleStart = { resolve, reject };
        });
      },
      generate({ mode }) {
        asked.push(mode);
        return Promise.resolve(resultOf('price;'));
      },
      setMode(mode) {
        modes.push(mode);
        return Promise.resolve();
      },
      setPaused(paused) {
        pauses.push(paused);
        return Promise.resolve();
      },
      neuronActivity: () => Promise.resolve({ tokens: 0, hotShares: [0], hotShare: 0 }),
      countTokens: (texts) => Promise.resolve(texts.map((text) => text.length)),
      inspectFile: (path) => Promise.reject(new Error(`This test has no file ${path}.`)),
      restart: () => Promise.resolve(),
      dispose() {
        disposed = true;
        settleStart?.reject(new Error('The engine is not running.'));
        return Promise.resolve();
      },
    };
    clients.push(client);
    return client;
  };
  return { clients, create };
}
