/**
 * The failures that the host finds while it runs a worker process, one factory each, beside the error type itself.
 * Every sentence says what to do.
 */
import { EngineError } from '../protocol/engineError';

export { EngineError, toEngineError } from '../protocol/engineError';

export function workerCrashed(how: string): EngineError {
  return new EngineError(
    'worker-crashed',
    `The worker process ended unexpectedly (${how}). It is started again by itself; the log has its last lines.`,
  );
}

export function workerUnresponsive(silentMs: number): EngineError {
  return new EngineError(
    'worker-unresponsive',
    `The worker process did not answer for ${Math.round(silentMs / 1000)} s and was ended. It is started again by itself.`,
  );
}

export function workerGaveUp(restarts: number, windowMs: number, last: EngineError): EngineError {
  return new EngineError(
    'worker-stopped',
    `The worker process failed again after ${restarts} restarts in ${Math.round(windowMs / 60_000)} minutes and stays stopped. Last failure: ${last.message} Run "Bamboo: Restart Worker" to try again.`,
  );
}

export function engineNotRunning(): EngineError {
  return new EngineError('worker-stopped', 'The engine is not running. Run "Bamboo: Restart Worker" to start it.');
}
