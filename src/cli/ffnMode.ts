/**
 * The --mode flag of commands that measure the engine: which feed-forward neurons are computed.
 */
import type { NativeGenerateParams } from '../worker/nativeBinding';

export type FfnMode = NonNullable<NativeGenerateParams['mode']>;

export const MODES: readonly FfnMode[] = ['exact', 'dense'];

export const MODE_HELP = '  --mode MODE       exact: neurons whose gate fires; dense: all of them; the logits are the same (default exact)';
