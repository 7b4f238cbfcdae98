/**
 * The one error type of the engine, the worker and the CLI: a code from the closed set and a sentence that says what to do.
 * Codes cross the process boundary as data; this file turns anything thrown into one and does no I/O.
 */
import { isEngineErrorCode, type EngineErrorCode } from './errorCodes';

export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    readonly code: EngineErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** Keeps a typed error, adopts a `code` that belongs to the set (the addon's errors), and calls the rest 'internal'. */
export function toEngineError(thrown: unknown): EngineError {
  if (thrown instanceof EngineError) {
    return thrown;
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && isEngineErrorCode(thrown.code)) {
    return new EngineError(thrown.code, message);
  }
  return new EngineError('internal', message);
}

export function protocolMismatch(hostVersion: number, workerVersion: number): EngineError {
  return new EngineError(
    'protocol-mismatch',
    `The host speaks protocol ${hostVersion} and the worker ${workerVersion}. Reload the window; if that does not help, reinstall the extension.`,
  );
}
