/**
 * One real worker process for each mode that is replayed, so that no mode finds its keys and values in the cache of another.
 */
import { existsSync } from 'node:fs';
import { createEngineClient, type EngineClient } from '../../engine/engineClient';
import { EngineError } from '../../protocol/engineError';
import type { FfnMode, ModeChoice, ModelDescription } from '../../protocol/engineProtocol';

export interface ReplayWorker {
  readonly mode: FfnMode;
  readonly model: ModelDescription;
  readonly generate: EngineClient['generate'];
  readonly dispose: () => Promise<void>;
}

export interface WorkerOptions {
  readonly workerPath: string;
  readonly addonPath: string;
  readonly modelPath: string;
  readonly threads: number;
  readonly warn: (line: string) => void;
}

type ModeList = readonly (ModeChoice | 'all')[];

/**
 * Starts a new worker for each mode, and ends them when the task is done; 'all' stands for every mode that differs on the model.
 * Errors: the worker's own, 'file-not-found', 'invalid-argument'.
 */
export async function withWorkers<Result>(
  choices: ModeList,
  options: WorkerOptions,
  task: (workers: readonly ReplayWorker[]) => Promise<Result>,
): Promise<Result> {
  const workers = await startWorkers(choices, options);
  try {
    return await task(workers);
  } finally {
    await Promise.all(workers.map((worker) => worker.dispose()));
  }
}

async function startWorkers(choices: ModeList, options: WorkerOptions): Promise<ReplayWorker[]> {
  const first = await startClient(options);
  const clients = [first.client];
  try {
    const modes = concreteModes(choices, first.model);
    const rest = await Promise.all(modes.slice(1).map(() => startClient(options)));
    clients.push(...rest.map(({ client }) => client));
    return [first, ...rest].map(({ client, model }, index) => workerOf(client, model, modes[index] ?? model.autoMode));
  } catch (error) {
    await Promise.all(clients.map((client) => client.dispose()));
    throw error;
  }
}

/** Every mode once, in the order asked for. */
export function concreteModes(choices: ModeList, model: Pick<ModelDescription, 'modes' | 'autoMode'>): FfnMode[] {
  const modes = choices.flatMap((choice) => (choice === 'all' ? model.modes : [choice === 'auto' ? model.autoMode : choice]));
  const missing = modes.find((mode) => !model.modes.includes(mode));
  if (missing !== undefined) {
    throw new EngineError('invalid-argument', `The model does not run in mode ${missing}. Choose from: ${model.modes.join(', ')}, all.`);
  }
  return [...new Set(modes)];
}

function workerOf(client: EngineClient, model: ModelDescription, mode: FfnMode): ReplayWorker {
  return {
    mode,
    model,
    generate: (request, ...rest) => client.generate({ ...request, mode }, ...rest),
    dispose: () => client.dispose(),
  };
}

async function startClient({ warn, ...options }: WorkerOptions) {
  if (!existsSync(options.workerPath))
    throw new EngineError('file-not-found', `${options.workerPath} is missing. Run "npm run build" first.`);
  const client = createEngineClient({
    ...options,
    contextLength: 0,
    log: (level, message) => {
      if (level === 'warn' || level === 'error') warn(message);
    },
  });
  try {
    await client.start();
    const { model } = client.state;
    if (!model) throw new EngineError('worker-crashed', 'The worker ended while it loaded the model. Run the command again.');
    return { client, model };
  } catch (error) {
    await client.dispose();
    throw error;
  }
}
