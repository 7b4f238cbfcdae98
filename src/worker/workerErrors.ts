/**
 * The failures that the worker itself finds, one factory each; the native library brings its own.
 * Every sentence says what to do.
 */
import { EngineError } from '../protocol/engineError';

export function invalidRequest(method: string, problem: string): EngineError {
  return new EngineError(
    'invalid-request',
    `The "${method}" message was refused: ${problem}. Host and worker should come from the same build.`,
  );
}

export function nativeLibraryMissing(addonPath: string, cause: string): EngineError {
  return new EngineError(
    'native-library-missing',
    `The native library ${addonPath} could not be loaded (${cause}). Install the build for this platform, or run "npm run build:native" in a checkout.`,
  );
}

export function modelNotLoaded(): EngineError {
  return new EngineError('model-not-loaded', 'No model is loaded yet. Load one before asking for text.');
}

export function queueFull(limit: number): EngineError {
  return new EngineError('queue-full', `${limit} requests are waiting already. Wait for one to end or cancel it.`);
}
