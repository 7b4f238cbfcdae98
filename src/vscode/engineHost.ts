/**
 * The engine as the settings ask for it: makes the client for the chosen model, and another one when the settings change.
 * Supervising a worker is the client's matter, choosing when to ask the provider's.
 */
import type { Generate } from '../completion/completeOnce';
import { toEngineError } from '../engine/engineError';
import type { EngineClient, EngineClientOptions, EngineState } from '../engine/engineClient';
import type { ModeChoice, ModelFile, PromptForm } from '../protocol/engineProtocol';
import type { NeuronActivity } from '../protocol/metrics';
import type { EngineSettings } from './settings';

export interface EngineHostParts {
  readonly createClient: (options: EngineClientOptions) => EngineClient;
  readonly settings: () => EngineSettings;
  /** Asked before every request. */
  readonly mode: () => ModeChoice;
  readonly onShadowCheck: NonNullable<EngineClientOptions['onShadowCheck']>;
  /** Path of the model that ships with the extension; rejects when it is not there. */
  readonly bundledModelPath: () => Promise<string>;
  readonly workerPath: string;
  readonly addonPath: string;
  readonly log: EngineClientOptions['log'];
}

/** The bundled model's; used until the engine says what it loaded. */
const DEFAULT_CONTEXT_LENGTH = 2048;
const DEFAULT_PROMPT_FORM: PromptForm = 'infilling';
const NOT_STARTED: EngineState = { kind: 'starting', restarts: 0 };

export class EngineHost {
  private client: EngineClient | undefined;
  /** The client of the latest start, or the reason why there is none. */
  private prepared: Promise<EngineClient> | undefined;
  private failure: EngineState | undefined;
  private readonly listeners = new Set<() => unknown>();
  /** Grows with every change of settings: what an older start brings is thrown away. */
  private generation = 0;

  constructor(private readonly parts: EngineHostParts) {}

  get state(): EngineState {
    return this.failure ?? this.client?.state ?? NOT_STARTED;
  }

  get contextLength(): number {
    return this.state.model?.contextLength ?? DEFAULT_CONTEXT_LENGTH;
  }

  get promptForm(): PromptForm {
    return this.state.model?.promptForm ?? DEFAULT_PROMPT_FORM;
  }

  /** Why the engine cannot serve now; undefined when it can. */
  get silence(): 'engine-starting' | 'engine-stopped' | undefined {
    switch (this.state.kind) {
      case 'ready':
        return undefined;
      case 'starting':
      case 'restarting':
        return 'engine-starting';
      case 'stopped':
      case 'failed':
        return 'engine-stopped';
    }
  }

  onDidChangeState(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** In the mode of the settings, unless the request names one. */
  readonly generate: Generate = async (request, signal, onTokens, onRestart) => {
    const client = await this.startedClient();
    return client.generate({ mode: this.modeNow(), ...request }, signal, onTokens, onRestart);
  };

  /** Of the worker, as it said last; undefined before that. */
  get residentBytes(): number | undefined {
    return this.client?.residentBytes;
  }

  readonly neuronActivity = async (): Promise<NeuronActivity> => (await this.startedClient()).neuronActivity();

  readonly countTokens = async (texts: readonly string[]): Promise<readonly number[]> => (await this.startedClient()).countTokens(texts);

  /** What a model file says of itself, whatever the engine's own state. */
  readonly inspectFile = async (modelPath: string): Promise<ModelFile> => (await this.startedClient()).inspectFile(modelPath);

  /** The setting changed: a request that runs goes on in the new mode. */
  async modeChanged(): Promise<void> {
    try {
      await this.client?.setMode(this.modeNow());
    } catch (thrown) {
      this.parts.log('warn', toEngineError(thrown).message);
    }
  }

  /** Starts, or starts afresh with the settings of now. Resolves when the model is ready; a failure becomes the state, not a rejection. */
  async start(): Promise<void> {
    const generation = ++this.generation;
    const old = this.client;
    this.client = undefined;
    this.failure = undefined;
    const prepared = this.prepare(generation, old);
    this.prepared = prepared;
    this.changed();
    try {
      await (await prepared).start();
    } catch (thrown) {
      if (generation === this.generation) this.fail(thrown);
    }
  }

  /** Resolves when the engine is ready; rejects when it failed or was stopped. */
  whenReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): boolean => {
        const { kind, error } = this.state;
        if (kind === 'ready') resolve();
        else if (kind === 'failed' || kind === 'stopped') reject(new Error(error?.message ?? 'The engine is not running.'));
        else return false;
        this.listeners.delete(settle);
        return true;
      };
      if (!settle()) this.listeners.add(settle);
    });
  }

  async dispose(): Promise<void> {
    this.generation += 1;
    this.listeners.clear();
    await this.client?.dispose();
  }

  private startedClient(): Promise<EngineClient> {
    return this.prepared ?? Promise.reject(new Error('The engine has not been started yet.'));
  }

  /** A start that another one overtook ends in the other's client. */
  private async prepare(generation: number, old: EngineClient | undefined): Promise<EngineClient> {
    await old?.dispose();
    const { createClient, settings, bundledModelPath, workerPath, addonPath, log, onShadowCheck } = this.parts;
    const { modelPath: chosen, threads } = settings();
    const modelPath = chosen === '' ? await bundledModelPath() : chosen;
    if (generation !== this.generation && this.prepared) return this.prepared;
    const client = createClient({ workerPath, addonPath, modelPath, threads, contextLength: 0, log, onShadowCheck });
    this.client = client;
    client.onDidChangeState(() => {
      if (client === this.client) this.changed();
    });
    return client;
  }

  /** Someone who asked for predictors and opens a model without them wants completions, not an error at every key. */
  private modeNow(): ModeChoice {
    const choice = this.parts.mode();
    return choice === 'predicted' && this.state.model?.modes.includes('predicted') !== true ? 'auto' : choice;
  }

  private fail(thrown: unknown): void {
    const { code, message } = toEngineError(thrown);
    this.parts.log('error', `${code}: ${message}`);
    // A client that failed tells so itself, and goes on telling when it recovers.
    if (this.client) return;
    this.failure = { kind: 'failed', error: { code, message }, restarts: 0 };
    this.changed();
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
