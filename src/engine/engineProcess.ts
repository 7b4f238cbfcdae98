/**
 * The life of one worker process: handshake, model, requests, heartbeat, end.
 * It never restarts anything; EngineClient decides that.
 */
import { createMessageConnection, ResponseError, type MessageConnection } from 'vscode-jsonrpc/node';
import { isEngineErrorCode } from '../protocol/errorCodes';
import {
  METHOD,
  PROTOCOL_VERSION,
  type GenerateRequest,
  type GenerateResult,
  type LoadModelParams,
  type ModeChoice,
  type ModelDescription,
  type ModelFile,
  type SetModeResult,
  type TokensNotification,
} from '../protocol/engineProtocol';
import { EngineError, protocolMismatch, toEngineError } from '../protocol/engineError';
import type { NeuronActivity, ShadowCheck } from '../protocol/metrics';
import { workerCrashed, workerUnresponsive } from './engineError';
import type { WorkerHandle } from './forkWorker';
import { Heartbeat, HEARTBEAT } from './heartbeat';
import {
  parseCountTokensResult,
  parseGenerateResult,
  parseHelloResult,
  parseModelDescription,
  parseModelFile,
  parseNeuronActivity,
  parsePingResult,
  parseSetModeResult,
  parseShadowCheck,
  parseTokens,
} from './responseSchemas';
import type { Timers } from './timers';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';
export type Log = (level: LogLevel, message: string) => void;

/** How long a worker may take to end by itself before it is killed. */
const SHUTDOWN_GRACE_MS = 1000;
/** How old the known memory of a worker may be before the end of a request asks for it anew. */
const MEMORY_AGE_MS = 2000;

interface RunningRequest {
  readonly onTokens: (tokens: TokensNotification) => void;
}

export class EngineProcess {
  private readonly connection: MessageConnection;
  private readonly heartbeat: Heartbeat;
  private readonly running = new Map<string, RunningRequest>();
  private readonly pendingRejections = new Set<(error: EngineError) => void>();
  private end: EngineError | undefined;
  private memory: { readonly residentBytes: number; readonly measuredAtMs: number } | undefined;

  constructor(
    private readonly worker: WorkerHandle,
    private readonly timers: Timers,
    private readonly log: Log,
    /** Called once, before the requests that were running fail. Not called after `stop`. */
    private readonly onDied: (error: EngineError) => void,
    private readonly onShadowCheck: (check: ShadowCheck) => void = () => undefined,
  ) {
    this.connection = createMessageConnection(worker.reader, worker.writer);
    this.heartbeat = new Heartbeat(
      HEARTBEAT,
      timers,
      () => this.ping(),
      (silentMs) => this.die(workerUnresponsive(silentMs)),
    );
    this.listen();
  }

  get pid(): number | undefined {
    return this.worker.pid;
  }

  /** Of the whole worker, when it last answered a ping. */
  get residentBytes(): number | undefined {
    return this.memory?.residentBytes;
  }

  /** Handshake and model. Errors: the worker's own, 'protocol-mismatch', 'worker-crashed', 'worker-unresponsive'. */
  async start(load: LoadModelParams): Promise<ModelDescription> {
    await this.greet();
    const model = parseModelDescription(await this.request(METHOD.loadModel, load));
    this.refreshMemory();
    return model;
  }

  /** The handshake alone, for a worker that loads no model. Errors: as start. */
  async greet(): Promise<void> {
    const hello = parseHelloResult(await this.request(METHOD.hello, { protocolVersion: PROTOCOL_VERSION }));
    if (hello.protocolVersion !== PROTOCOL_VERSION) {
      throw protocolMismatch(PROTOCOL_VERSION, hello.protocolVersion);
    }
    this.log('debug', `Worker ${hello.workerVersion} runs as process ${hello.pid} on Node ${hello.nodeVersion}.`);
  }

  /** Aborting the signal asks the worker to cancel; the answer is then a result with stopReason 'cancelled'. */
  async generate(request: GenerateRequest, signal: AbortSignal, onTokens: (tokens: TokensNotification) => void): Promise<GenerateResult> {
    const { requestId } = request;
    const cancel = (): void => this.notify(METHOD.cancel, { requestId });
    this.running.set(requestId, { onTokens });
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return parseGenerateResult(await this.request(METHOD.generate, request));
    } finally {
      signal.removeEventListener('abort', cancel);
      this.running.delete(requestId);
      this.refreshMemory();
    }
  }

  async setPaused(paused: boolean): Promise<void> {
    await this.request(METHOD.setPaused, { paused });
  }

  async neuronActivity(): Promise<NeuronActivity> {
    return parseNeuronActivity(await this.request(METHOD.neuronActivity, {}));
  }

  /** Errors: 'invalid-request' for more texts or bytes than the protocol's limits. */
  async countTokens(texts: readonly string[]): Promise<readonly number[]> {
    return parseCountTokensResult(await this.request(METHOD.countTokens, { texts })).counts;
  }

  async inspectFile(modelPath: string): Promise<ModelFile> {
    return parseModelFile(await this.request(METHOD.inspectFile, { modelPath }));
  }

  /** From the next token of the running request on. Error: the worker's own for a mode that the model lacks. */
  async setMode(mode: ModeChoice): Promise<SetModeResult> {
    return parseSetModeResult(await this.request(METHOD.setMode, { mode }));
  }

  /** Ends the process on purpose; what still runs fails with `reason`. */
  async stop(reason: EngineError): Promise<void> {
    if (this.end !== undefined) {
      return;
    }
    this.end = reason;
    this.heartbeat.stop();
    const exited = new Promise<void>((resolve) => this.worker.onExit(() => resolve()));
    const cancelKill = this.timers.after(SHUTDOWN_GRACE_MS, () => this.worker.kill());
    this.connection.sendRequest(METHOD.shutdown, {}).then(
      () => this.worker.disconnect(),
      () => this.worker.kill(),
    );
    this.rejectPending(reason);
    await exited;
    cancelKill();
    this.connection.dispose();
  }

  private listen(): void {
    this.worker.onExit((how) => this.die(workerCrashed(how)));
    this.worker.onOutputLine((line) => this.log('warn', `worker: ${line}`));
    this.connection.onError(([error]) => this.log('debug', `Channel to the worker: ${error.message}`));
    this.onNotification(METHOD.tokens, (params) => {
      const tokens = parseTokens(params);
      this.running.get(tokens.requestId)?.onTokens(tokens);
    });
    this.onNotification(METHOD.shadow, (params) => this.onShadowCheck(parseShadowCheck(params)));
    this.connection.listen();
  }

  private onNotification(method: string, handler: (params: unknown) => void): void {
    this.connection.onNotification(method, (params: unknown) => {
      try {
        handler(params);
      } catch (error) {
        this.log('error', toEngineError(error).message);
      }
    });
  }

  private async ping(): Promise<void> {
    const { residentBytes } = parsePingResult(await this.connection.sendRequest(METHOD.ping, {}));
    this.memory = { residentBytes, measuredAtMs: this.timers.nowMs() };
  }

  /** The heartbeat alone would never see a worker whose requests are short. */
  private refreshMemory(): void {
    const isFresh = this.memory !== undefined && this.timers.nowMs() - this.memory.measuredAtMs < MEMORY_AGE_MS;
    if (this.end === undefined && !isFresh) {
      this.ping().catch((error: unknown) => this.log('debug', `The worker's memory is not known: ${toEngineError(error).message}`));
    }
  }

  private die(error: EngineError): void {
    if (this.end !== undefined) {
      return;
    }
    this.end = error;
    this.heartbeat.stop();
    this.worker.kill();
    this.onDied(error);
    this.rejectPending(error);
    this.connection.dispose();
  }

  private rejectPending(error: EngineError): void {
    for (const reject of [...this.pendingRejections]) {
      reject(error);
    }
  }

  private async request(method: string, params: object): Promise<unknown> {
    if (this.end !== undefined) {
      throw this.end;
    }
    let rejectPending: (error: EngineError) => void = () => undefined;
    const died = new Promise<never>((_resolve, reject) => {
      rejectPending = reject;
    });
    this.pendingRejections.add(rejectPending);
    this.heartbeat.requestStarted();
    try {
      return await Promise.race([this.connection.sendRequest<unknown>(method, params), died]);
    } catch (error) {
      throw this.causeOf(error);
    } finally {
      this.heartbeat.requestEnded();
      this.pendingRejections.delete(rejectPending);
    }
  }

  /** Whatever a pending request fails with once the process has ended, the end is the cause. */
  private causeOf(error: unknown): EngineError {
    return this.end ?? errorOfResponse(error);
  }

  private notify(method: string, params: object): void {
    if (this.end === undefined) {
      this.connection
        .sendNotification(method, params)
        .catch((error: unknown) => this.log('debug', `Channel to the worker: ${String(error)}`));
    }
  }
}

/** The worker's own errors carry a code in `data`; anything else is a defect or a foreign process. */
function errorOfResponse(error: unknown): EngineError {
  if (error instanceof ResponseError) {
    const data: unknown = error.data;
    if (typeof data === 'object' && data !== null && 'code' in data && isEngineErrorCode(data.code)) {
      return new EngineError(data.code, error.message);
    }
  }
  return toEngineError(error);
}
