/**
 * Loads the native library or says in one sentence why it cannot be loaded.
 */
import { toEngineError } from '../protocol/engineError';
import { loadNativeBinding, type NativeBinding } from './nativeBinding';
import { nativeLibraryMissing } from './workerErrors';

/** Errors: 'native-library-missing', or the library's own code when it refuses this machine. */
export function requireBinding(addonPath: string): NativeBinding {
  try {
    return loadNativeBinding(addonPath);
  } catch (error) {
    const typed = toEngineError(error);
    throw typed.code === 'internal' ? nativeLibraryMissing(addonPath, firstLine(typed.message)) : typed;
  }
}

function firstLine(message: string): string {
  return message.split('\n', 1).join('');
}
