/**
 * The worker process that serves chat: started at the first question, ended when nothing was asked for a while, paused while completions run.
 * Supervising a process is the client's matter; prompts are localChat's.
 */
import type { EngineClient, EngineState } from '../engine/engineClient';
import { engineNotRunning } from '../engine/engineError';
import type { Schedule } from './chatHistory';
import type { EngineTurns } from './engineTurns';

/** What chat uses of an engine. */
export interface ChatEngineClient extends Pick<EngineClient, 'state' | 'onDidChangeState' | 'start' | 'generate' | 'dispose'> {
  /** A running request waits between two tokens; cancelling works. */
  setPaused(paused: boolean): Promise<void>;
  countTokens(texts: readonly string[]): Promise<readonly number[]>;
}

export interface ChatEngineParts {
  /** For the model that the settings name now. */
  readonly createClient: () => Promise<ChatEngineClient>;
  readonly turns: Pick<EngineTurns, 'paused' | 'onDidChange'>;
  readonly schedule: Schedule;
  readonly warn: (message: string) => void;
}

export const IDLE_MS = 5 * 60_000;

const OFF: EngineState = { kind: 'stopped', restarts: 0 };

export class ChatEngine {
  private client: ChatEngineClient | undefined;
  private starting: Promise<ChatEngineClient> | undefined;
  private failure: EngineState | undefined;
  private uses = 0;
  private generation = 0;
  private cancelIdle: (() => void) | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly endTurns: () => void;

  constructor(private readonly parts: ChatEngineParts) {
    this.endTurns = parts.turns.onDidChange((paused) => this.applyPause(paused));
  }

  get state(): EngineState {
    return this.failure ?? this.client?.state ?? (this.starting ? { kind: 'starting', restarts: 0 } : OFF);
  }

  onDidChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Runs `task` with a started engine, which is not idle meanwhile. Rejects when it cannot be started. */
  async use<T>(task: (client: ChatEngineClient) => Promise<T>): Promise<T> {
    this.uses += 1;
    this.cancelIdle?.();
    this.cancelIdle = undefined;
    try {
      return await task(await this.started());
    } finally {
      this.uses -= 1;
      if (this.uses === 0 && this.client) this.cancelIdle = this.parts.schedule(IDLE_MS, () => void this.stop());
    }
  }

  /** Ends the worker; the next question starts another, with the settings of then. */
  async stop(): Promise<void> {
    this.generation += 1;
    this.cancelIdle?.();
    this.cancelIdle = undefined;
    const { client } = this;
    this.client = undefined;
    this.starting = undefined;
    this.failure = undefined;
    this.changed();
    await client?.dispose();
  }

  async dispose(): Promise<void> {
    this.endTurns();
    this.listeners.clear();
    await this.stop();
  }

  private async started(): Promise<ChatEngineClient> {
    const { kind } = this.state;
    if (this.client && !this.starting && kind !== 'failed' && kind !== 'stopped') {
      // Joins a restart of its worker.
      await this.client.start();
      return this.client;
    }
    this.starting ??= this.launch(++this.generation);
    this.failure = undefined;
    this.changed();
    return this.starting;
  }

  private async launch(generation: number): Promise<ChatEngineClient> {
    const old = this.client;
    this.client = undefined;
    try {
      await old?.dispose();
      const client = await this.parts.createClient();
      if (generation !== this.generation) {
        await client.dispose();
        throw engineNotRunning();
      }
      this.client = client;
      client.onDidChangeState((state) => {
        if (client !== this.client) return;
        // A worker that was started afresh knows nothing of the pause.
        if (state.kind === 'ready') this.applyPause(this.parts.turns.paused);
        this.changed();
      });
      await client.start();
      return client;
    } catch (thrown) {
      if (generation === this.generation && !this.client) this.failure = failureState(thrown);
      throw thrown;
    } finally {
      if (generation === this.generation) this.starting = undefined;
      this.changed();
    }
  }

  private applyPause(paused: boolean): void {
    if (this.client?.state.kind !== 'ready') return;
    this.client
      .setPaused(paused)
      .catch((thrown: unknown) => this.parts.warn(`Chat could not be ${paused ? 'paused' : 'resumed'}: ${String(thrown)}`));
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

function failureState(thrown: unknown): EngineState {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { kind: 'failed', error: { code: 'internal', message }, restarts: 0 };
}
