/**
 * A worker without a process: the other end of the channel, played by the test.
 */
import { PassThrough } from 'node:stream';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter, type MessageConnection } from 'vscode-jsonrpc/node';
import type { WorkerHandle } from '../../../src/engine/forkWorker';
import { METHOD, PROTOCOL_VERSION, type GenerateRequest, type ModelDescription } from '../../../src/protocol/engineProtocol';

export const FAKE_MODEL: ModelDescription = {
  name: 'fake',
  architecture: 'bamboo',
  modelPath: '/models/fake.gguf',
  fileBytes: 1,
  parameterCount: 1,
  contextLength: 128,
  vocabSize: 300,
  threads: 2,
  isa: 'portable',
  loadMs: 1,
  promptForm: 'infilling',
  kvBytes: 12_582_912,
  layers: 12,
  neuronsPerLayer: 3584,
  denseBytesPerToken: 85_000_000,
  modes: ['dense', 'exact'],
  autoMode: 'exact',
  autoModeReason: 'The model has no predictors.',
};

export const TIMINGS = {
  queueMs: 0,
  tokenizeMs: 0,
  prefillMs: 1,
  decodeMs: 1,
  promptTokens: 1,
  reusedTokens: 0,
  generatedTokens: 1,
  draftedTokens: 0,
  acceptedTokens: 0,
};

export class FakeWorker implements WorkerHandle {
  readonly pid: number;
  readonly reader: StreamMessageReader;
  readonly writer: StreamMessageWriter;
  readonly connection: MessageConnection;
  readonly cancelled: string[] = [];
  killed = false;
  hello: unknown = { protocolVersion: PROTOCOL_VERSION, workerVersion: '1.2.3', pid: 7, nodeVersion: 'v20.0.0' };
  model: unknown = FAKE_MODEL;
  generate: (request: GenerateRequest) => unknown = ({ requestId }) => ({
    requestId,
    text: 'ok',
    tokens: [],
    stopReason: 'end-token',
    timings: TIMINGS,
  });
  private exitListeners: ((how: string) => void)[] = [];

  constructor(pid: number) {
    this.pid = pid;
    const toWorker = new PassThrough();
    const toHost = new PassThrough();
    this.reader = new StreamMessageReader(toHost);
    this.writer = new StreamMessageWriter(toWorker);
    this.connection = createMessageConnection(new StreamMessageReader(toWorker), new StreamMessageWriter(toHost));
    this.connection.onRequest(METHOD.hello, () => this.hello);
    this.connection.onRequest(METHOD.loadModel, () => this.model);
    this.connection.onRequest(METHOD.generate, (request: GenerateRequest) => this.generate(request));
    this.connection.onRequest(METHOD.shutdown, () => ({}));
    this.connection.onNotification(METHOD.cancel, ({ requestId }: { requestId: string }) => void this.cancelled.push(requestId));
    this.connection.listen();
  }

  onExit(listener: (how: string) => void): void {
    this.exitListeners.push(listener);
  }

  onOutputLine(): void {
    // This worker prints nothing.
  }

  disconnect(): void {
    this.exit('exit code 0');
  }

  kill(): void {
    this.killed = true;
    this.exit('signal SIGKILL');
  }

  exit(how: string): void {
    const listeners = this.exitListeners;
    this.exitListeners = [];
    listeners.forEach((listener) => listener(how));
  }
}
