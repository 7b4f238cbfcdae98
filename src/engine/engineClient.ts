/**
 * What the rest of the host sees of the engine: start it, ask for text, watch its state.
 * Keeps one worker process alive: restarts it with back-off when it dies, and asks once more for the text that died with it.
 */
import { randomUUID } from 'node:crypto';
import { cancelledResult } from '../protocol/cancelledResult';
import type {
  EngineErrorData,
  GenerateRequest,
  GenerateResult,
  ModeChoice,
  ModelDescription,
  ModelFile,
  TokensNotification,
} from '../protocol/engineProtocol';
import type { NeuronActivity, ShadowCheck } from '../protocol/metrics';
import { engineNotRunning, toEngineError, workerCrashed, workerGaveUp, type EngineError } from './engineError';
import { EngineProcess, type Log } from './engineProcess';
import { FileInspector } from './fileInspector';
import { forkWorker, type SpawnWorker } from './forkWorker';
import { Readiness } from './readiness';
import { RESTART_LIMITS, RestartPolicy } from './restartPolicy';
import { REAL_TIMERS, type Timers } from './timers';

export interface EngineState {
  /** 'failed': the worker runs but cannot serve (a bad model file, say). 'stopped': no worker runs and none will be started by itself. */
  readonly kind: 'starting' | 'ready' | 'restarting' | 'stopped' | 'failed';
  readonly model?: ModelDescription;
  readonly error?: EngineErrorData;
  readonly pid?: number;
  /** Restarts after crashes since the client was made. */
  readonly restarts: number;
}

export interface EngineClient {
  readonly state: EngineState;
  /** Memory of the worker as it last said, at the end of a request or during a long one; undefined while none has. */
  readonly residentBytes: number | undefined;
  /** Returns a function that ends the subscription. */
  onDidChangeState(listener: (state: EngineState) => void): () => void;
  /** Resolves when the model is loaded. A second call joins the first. */
  start(): Promise<void>;
  /**
   * Waits for a starting or restarting engine. An aborted signal gives a result with stopReason 'cancelled'.
   * When the worker crashes the request is made once more. If tokens were handed out by then, `onRestart` is called first and the text begins anew;
   * without `onRestart` the request fails with 'worker-crashed' instead, so that nothing is shown twice.
   */
  generate(
    request: Omit<GenerateRequest, 'requestId'>,
    signal: AbortSignal,
    onTokens?: (tokens: TokensNotification) => void,
    onRestart?: () => void,
  ): Promise<GenerateResult>;
  /**
   * For the running request, from its next token on, and for later ones that name no mode, also after a restart.
   * Rejects with the worker's error for a mode that the model lacks; the mode is then as before.
   */
  setMode(mode: ModeChoice): Promise<void>;
  /**
   * While paused, a request waits between two tokens or within its prompt, at most one layer's work later, and a new one before it begins;
   * cancelling works. Resolves when the worker obeys; where none runs, the next one starts so. Also after a restart.
   */
  setPaused(paused: boolean): Promise<void>;
  /** Waits for a starting or restarting engine. */
  neuronActivity(): Promise<NeuronActivity>;
  /** One count a text, within LIMITS.countedTexts and LIMITS.promptBytes. Waits for a starting or restarting engine. */
  countTokens(texts: readonly string[]): Promise<readonly number[]>;
  /**
   * Looks into a model file without loading it, in any state of the engine. A file that cannot be used is described with its `problem`.
   * Errors: 'invalid-request' for a malformed path, and those of a worker that cannot run.
   */
  inspectFile(modelPath: string): Promise<ModelFile>;
  /** Starts afresh, whatever the state; the count of restarts towards the limit begins anew. */
  restart(): Promise<void>;
  /** Ends the worker. Waiting and running requests fail with 'worker-stopped'. */
  dispose(): Promise<void>;
}

export interface EngineClientOptions {
  readonly workerPath: string;
  readonly addonPath: string;
  readonly modelPath: string;
  /** 0 = physical cores */
  readonly threads: number;
  /** 0 = what the model was trained with */
  readonly contextLength: number;
  /** Never gets text of the user's files. */
  readonly log: Log;
  /** Called in idle time after a request in predicted mode, seldom. */
  readonly onShadowCheck?: (check: ShadowCheck) => void;
  readonly nodePath?: string;
}

export interface EngineClientParts {
  readonly spawn: SpawnWorker;
  readonly timers: Timers;
}

export function createEngineClient(options: EngineClientOptions, parts: Partial<EngineClientParts> = {}): EngineClient {
  return new SupervisedEngineClient(options, { spawn: () => forkWorker(options), timers: REAL_TIMERS, ...parts });
}

class SupervisedEngineClient implements EngineClient {
  private current: EngineState = { kind: 'stopped', restarts: 0 };
  private readonly listeners = new Set<(state: EngineState) => void>();
  private readonly policy: RestartPolicy;
  private readiness = new Readiness<EngineProcess>();
  private process: EngineProcess | undefined;
  private cancelRestart: (() => void) | undefined;
  private disposed = false;
  private mode: ModeChoice = 'auto';
  private paused = false;
  private readonly inspector: FileInspector;

  constructor(
    private readonly options: EngineClientOptions,
    private readonly parts: EngineClientParts,
  ) {
    this.policy = new RestartPolicy(RESTART_LIMITS, () => parts.timers.nowMs());
    this.readiness.fail(engineNotRunning());
    this.inspector = new FileInspector(parts.spawn, parts.timers, options.log);
  }

  get residentBytes(): number | undefined {
    return this.process?.residentBytes;
  }

  get state(): EngineState {
    return this.current;
  }

  onDidChangeState(listener: (state: EngineState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async start(): Promise<void> {
    if (this.disposed) {
      throw engineNotRunning();
    }
    if (this.current.kind === 'stopped' || this.current.kind === 'failed') {
      this.readiness = this.readiness.renewed();
      this.launch('starting');
    }
    await this.readiness.value;
  }

  async restart(): Promise<void> {
    this.cancelRestart?.();
    this.policy.reset();
    this.readiness = this.readiness.renewed();
    this.setState({ kind: 'stopped' });
    await this.stopProcess();
    await this.start();
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    this.cancelRestart?.();
    this.readiness = this.readiness.renewed();
    this.readiness.fail(engineNotRunning());
    this.setState({ kind: 'stopped' });
    await Promise.all([this.stopProcess(), this.inspector.dispose()]);
    this.listeners.clear();
  }

  async generate(
    request: Omit<GenerateRequest, 'requestId'>,
    signal: AbortSignal,
    onTokens?: (tokens: TokensNotification) => void,
    onRestart?: () => void,
  ): Promise<GenerateResult> {
    const requestId = randomUUID();
    const delivery = { begun: false };
    const forward = (tokens: TokensNotification): void => {
      if (!signal.aborted && onTokens !== undefined) {
        delivery.begun = true;
        onTokens(tokens);
      }
    };
    for (let attempt = 1; ; attempt++) {
      try {
        const process = await this.readiness.valueUnlessAborted(signal);
        if (process === undefined) {
          return cancelledResult(requestId, 0);
        }
        return await process.generate({ mode: this.mode, ...request, requestId }, signal, forward);
      } catch (thrown) {
        const error = toEngineError(thrown);
        if (signal.aborted) {
          return cancelledResult(requestId, 0);
        }
        if (error.code !== 'worker-crashed' || attempt > 1 || (delivery.begun && onRestart === undefined)) {
          throw error;
        }
        if (delivery.begun) {
          delivery.begun = false;
          onRestart?.();
        }
      }
    }
  }

  async setMode(mode: ModeChoice): Promise<void> {
    if (this.current.kind === 'ready') {
      await this.process?.setMode(mode);
    }
    this.mode = mode;
  }

  async setPaused(paused: boolean): Promise<void> {
    this.paused = paused;
    if (this.current.kind === 'ready') {
      await this.process?.setPaused(paused).catch(ignoreEndOfWorker);
    }
  }

  async neuronActivity(): Promise<NeuronActivity> {
    return (await this.readiness.value).neuronActivity();
  }

  async countTokens(texts: readonly string[]): Promise<readonly number[]> {
    return (await this.readiness.value).countTokens(texts);
  }

  inspectFile(modelPath: string): Promise<ModelFile> {
    return this.inspector.inspect(modelPath);
  }

  private launch(kind: 'starting' | 'restarting'): void {
    let process: EngineProcess;
    try {
      const died = (error: EngineError): void => this.processDied(process, error);
      process = new EngineProcess(this.parts.spawn(), this.parts.timers, this.options.log, died, this.options.onShadowCheck);
    } catch (error) {
      this.recover(workerCrashed(toEngineError(error).message));
      return;
    }
    this.process = process;
    this.setState({ kind });
    const { modelPath, threads, contextLength } = this.options;
    process.start({ modelPath, threads, contextLength }).then(
      (model) => this.processReady(process, model),
      (error: unknown) => this.processFailed(process, toEngineError(error)),
    );
  }

  private processReady(process: EngineProcess, model: ModelDescription): void {
    if (process !== this.process) {
      return;
    }
    this.options.log(
      'info',
      `Model ${model.name} is ready: ${model.isa}, ${model.threads} threads, loaded in ${Math.round(model.loadMs)} ms. ` +
        `Automatic mode: ${model.autoMode}. ${model.autoModeReason}`,
    );
    if (this.paused) {
      // Sent before any request that waits for this worker, so it arrives before them.
      process.setPaused(true).catch((error: unknown) => this.options.log('error', toEngineError(error).message));
    }
    this.setState({ kind: 'ready', model });
    this.readiness.succeed(process);
  }

  /** The worker answered, but with a refusal: starting it again would give the same answer. */
  private processFailed(process: EngineProcess, error: EngineError): void {
    if (process !== this.process) {
      return;
    }
    this.options.log('error', `${error.code}: ${error.message}`);
    void this.stopProcess();
    this.setState({ kind: 'failed', error: { code: error.code, message: error.message } });
    this.readiness.fail(error);
  }

  private processDied(process: EngineProcess, error: EngineError): void {
    if (process !== this.process) {
      return;
    }
    this.options.log('error', `${error.code}: ${error.message}`);
    this.recover(error);
  }

  private recover(error: EngineError): void {
    this.process = undefined;
    this.readiness = this.readiness.renewed();
    const delayMs = this.policy.nextDelayMs();
    if (delayMs === undefined) {
      const gaveUp = workerGaveUp(RESTART_LIMITS.maxRestarts, RESTART_LIMITS.windowMs, error);
      this.options.log('error', gaveUp.message);
      this.setState({ kind: 'stopped', error: { code: gaveUp.code, message: gaveUp.message } });
      this.readiness.fail(gaveUp);
      return;
    }
    const restarts = this.current.restarts + 1;
    this.setState({ kind: 'restarting', error: { code: error.code, message: error.message }, restarts });
    this.cancelRestart = this.parts.timers.after(delayMs, () => this.launch('restarting'));
  }

  private async stopProcess(): Promise<void> {
    const process = this.process;
    this.process = undefined;
    await process?.stop(engineNotRunning());
  }

  private setState(next: Omit<EngineState, 'restarts' | 'pid'> & { readonly restarts?: number }): void {
    const pid = this.process?.pid;
    this.current = { restarts: this.current.restarts, ...(pid === undefined ? {} : { pid }), ...next };
    for (const listener of [...this.listeners]) {
      listener(this.current);
    }
  }
}

/** The next worker is told when it is ready. */
function ignoreEndOfWorker(thrown: unknown): void {
  const error = toEngineError(thrown);
  if (error.code !== 'worker-crashed' && error.code !== 'worker-unresponsive' && error.code !== 'worker-stopped') {
    throw error;
  }
}
