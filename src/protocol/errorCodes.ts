/**
 * Every failure that can cross a process boundary, as a closed set of codes.
 * The native library, the worker and the extension host use the same strings; the sentence beside a code is for people.
 */

/** Codes raised by the native library (see native/include/bamboo/error.h, which lists the same strings). */
export const NATIVE_ERROR_CODES = [
  'file-not-found',
  'file-unreadable',
  'file-write-failed',
  'bad-magic',
  'unsupported-version',
  'truncated-file',
  'malformed-header',
  'malformed-metadata',
  'malformed-tensor',
  'unsupported-tensor-type',
  'unsupported-architecture',
  'missing-metadata',
  'missing-tensor',
  'shape-mismatch',
  'invalid-argument',
  'context-overflow',
  'out-of-memory',
  'unknown-isa',
  'unsupported-isa',
  'internal',
] as const;

/** Codes raised by the worker or by the host that runs it. */
export const WORKER_ERROR_CODES = [
  'missing-tokenizer',
  'malformed-tokenizer',
  'native-library-missing',
  'model-not-loaded',
  'invalid-request',
  'protocol-mismatch',
  'queue-full',
  'worker-crashed',
  'worker-unresponsive',
  'worker-stopped',
] as const;

export type NativeErrorCode = (typeof NATIVE_ERROR_CODES)[number];
export type WorkerErrorCode = (typeof WORKER_ERROR_CODES)[number];
export type EngineErrorCode = NativeErrorCode | WorkerErrorCode;

const ALL_CODES: ReadonlySet<string> = new Set<string>([...NATIVE_ERROR_CODES, ...WORKER_ERROR_CODES]);

export function isEngineErrorCode(value: unknown): value is EngineErrorCode {
  return typeof value === 'string' && ALL_CODES.has(value);
}
