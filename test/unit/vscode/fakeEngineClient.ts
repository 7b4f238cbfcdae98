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
  become(state: EngineState): void;
}

/** Remembers every client that was made. Starting one makes it 'starting'; the rest is up to the test. */
export function fakeClients(): { readonly clients: FakeClient[]; readonly create: (options: EngineClientOptions) => EngineClient } {
  const clients: FakeClient[] = [];
  const create = (options: EngineClientOptions): EngineClient => {
    const listeners = new Set<(state: EngineState) => void>();
    const modes: ModeChoice[] = [];
    const asked: (ModeChoice | undefined)[] = [];
    let state: EngineState = { kind: 'stopped', restarts: 0 };
    let started = false;
    let disposed = false;
    let settleStart: { resolve: () => void; reject: (error: Error) => void } | undefined;
    const client: FakeClient = {
      options,
      modes,
      asked,
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
