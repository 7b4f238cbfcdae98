/**
 * Starts the worker as a child process of plain Node and hides the process behind a channel and an exit event.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { IPCMessageReader, IPCMessageWriter, type MessageReader, type MessageWriter } from 'vscode-jsonrpc/node';

export interface WorkerHandle {
  readonly pid: number | undefined;
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  /** Called once, with words such as "exit code 3" or "signal SIGKILL". */
  onExit(listener: (how: string) => void): void;
  onOutputLine(listener: (line: string) => void): void;
  /** Closes the channel; a worker ends when it notices. */
  disconnect(): void;
  kill(): void;
}

export type SpawnWorker = () => WorkerHandle;

export interface ForkOptions {
  readonly workerPath: string;
  readonly addonPath: string;
  /** The Node or Electron binary to run; default: the one that runs the host. */
  readonly nodePath?: string;
}

export function forkWorker(options: ForkOptions): WorkerHandle {
  // The host may run under a debugger or with its own flags: none of that is for the worker.
  const env: NodeJS.ProcessEnv = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  delete env.NODE_OPTIONS;
  const child = fork(options.workerPath, [options.addonPath], {
    execPath: options.nodePath ?? process.execPath,
    execArgv: [],
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  return handleOf(child);
}

function handleOf(child: ChildProcess): WorkerHandle {
  return {
    pid: child.pid,
    reader: new IPCMessageReader(child),
    writer: new IPCMessageWriter(child),
    onExit(listener) {
      // A process that could not be started has an error and no exit.
      child.once('error', (error) => listener(error.message));
      child.once('exit', (code, signal) => listener(signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`));
    },
    onOutputLine(listener) {
      for (const stream of [child.stdout, child.stderr]) {
        if (stream !== null) {
          createInterface({ input: stream }).on('line', listener);
        }
      }
    },
    disconnect() {
      if (child.connected) {
        child.disconnect();
      }
    },
    kill() {
      child.kill('SIGKILL');
    },
  };
}
