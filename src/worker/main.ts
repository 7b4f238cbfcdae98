/**
 * The worker process: wires the IPC channel to the engine worker and the native library.
 * Started by engine/forkWorker with the addon's path as its argument; it ends with its parent and keeps no timer, so an idle worker costs no CPU.
 */
import { constants, setPriority } from 'node:os';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter, ResponseError } from 'vscode-jsonrpc/node';
import { packageRootOf, packageVersion } from '../model/modelLocator';
import { toEngineError } from '../protocol/engineError';
import { ENGINE_ERROR_NUMBER, METHOD, type EngineErrorData } from '../protocol/engineProtocol';
import { NativeBackend } from './backends/native';
import { EngineWorker } from './engineWorker';
import { requireBinding } from './requireBinding';

const PARENT_GONE_SIGNAL = 'SIGKILL';

/** Wraps a handler so that whatever it throws crosses the channel as a code and a sentence. */
function answering(handler: (params: unknown) => unknown): (params: unknown) => Promise<unknown> {
  return async (params) => {
    try {
      return await handler(params);
    } catch (error) {
      const { code, message } = toEngineError(error);
      throw new ResponseError<EngineErrorData>(ENGINE_ERROR_NUMBER, message, { code, message });
    }
  };
}

/** The host logs this stream. */
function warn(error: unknown): void {
  process.stderr.write(`${toEngineError(error).message}\n`);
}

function lowerPriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch (error) {
    // A sandbox may forbid it; typing then competes with inference a little more.
    warn(`The priority could not be lowered: ${toEngineError(error).message}`);
  }
}

function main(addonPath: string): void {
  lowerPriority();
  const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
  const worker = new EngineWorker({
    backend: new NativeBackend(
      () => requireBinding(addonPath),
      () => performance.now(),
    ),
    identity: { workerVersion: packageVersion(packageRootOf(__dirname)), pid: process.pid, nodeVersion: process.version },
    sendTokens: (tokens) => void connection.sendNotification(METHOD.tokens, tokens),
    sendShadowCheck: (check) => void connection.sendNotification(METHOD.shadow, check),
    warn,
    residentBytes: () => process.memoryUsage.rss(),
    nowMs: () => performance.now(),
    after: (delayMs, task) => {
      const timer = setTimeout(task, delayMs);
      return () => clearTimeout(timer);
    },
  });
  let shutDown = false;

  const requests: Readonly<Record<string, (params: unknown) => unknown>> = {
    [METHOD.hello]: (params) => worker.hello(params),
    [METHOD.loadModel]: (params) => worker.loadModel(params),
    [METHOD.generate]: (params) => worker.generate(params),
    [METHOD.setMode]: (params) => worker.setMode(params),
    [METHOD.setPaused]: (params) => worker.setPaused(params),
    [METHOD.neuronActivity]: (params) => worker.neuronActivity(params),
    [METHOD.countTokens]: (params) => worker.countTokens(params),
    [METHOD.inspectFile]: (params) => worker.inspectFile(params),
    [METHOD.ping]: (params) => worker.ping(params),
    [METHOD.shutdown]: async (params) => {
      const answer = await worker.shutdown(params);
      shutDown = true;
      return answer;
    },
  };
  for (const [method, handler] of Object.entries(requests)) {
    connection.onRequest(method, answering(handler));
  }
  connection.onNotification(METHOD.cancel, (params: unknown) => {
    try {
      worker.cancel(params);
    } catch (error) {
      // A notification has no answer.
      warn(error);
    }
  });
  process.on('disconnect', () => {
    // Compute threads may be in the middle of a token: running exit handlers under them could hang, and there is nothing to save.
    if (shutDown) {
      process.exit(0);
    }
    process.kill(process.pid, PARENT_GONE_SIGNAL);
  });
  connection.listen();
}

main(process.argv[2] ?? '');
