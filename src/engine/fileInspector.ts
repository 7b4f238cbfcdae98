/**
 * Looks into model files in a worker of its own, one after another: a file that breaks the reader costs no model that is loaded,
 * and files can be looked at while no model is.
 */
import { EngineError } from '../protocol/engineError';
import type { ModelFile } from '../protocol/engineProtocol';
import { engineNotRunning } from './engineError';
import { EngineProcess, type Log } from './engineProcess';
import type { SpawnWorker } from './forkWorker';
import type { Timers } from './timers';

const MAX_WAITING = 64;

export class FileInspector {
  private waiting = 0;
  private last: Promise<unknown> = Promise.resolve();
  private process: EngineProcess | undefined;
  private disposed = false;

  constructor(
    private readonly spawn: SpawnWorker,
    private readonly timers: Timers,
    private readonly log: Log,
  ) {}

  /** Errors: the worker's own, 'worker-crashed', 'worker-unresponsive', 'worker-stopped' after dispose, 'queue-full'. */
  async inspect(modelPath: string): Promise<ModelFile> {
    if (this.waiting >= MAX_WAITING) {
      throw new EngineError('queue-full', `${MAX_WAITING} model files are waiting to be looked at already. Try again in a moment.`);
    }
    this.waiting += 1;
    const result = this.last.then(() => this.inspectNow(modelPath));
    this.last = result.catch(() => undefined);
    try {
      return await result;
    } finally {
      this.waiting -= 1;
    }
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await this.process?.stop(engineNotRunning());
  }

  private async inspectNow(modelPath: string): Promise<ModelFile> {
    if (this.disposed) {
      throw engineNotRunning();
    }
    const process = new EngineProcess(this.spawn(), this.timers, this.log, (error) => this.log('error', `${error.code}: ${error.message}`));
    this.process = process;
    try {
      await process.greet();
      return await process.inspectFile(modelPath);
    } finally {
      this.process = undefined;
      await process.stop(engineNotRunning());
    }
  }
}
