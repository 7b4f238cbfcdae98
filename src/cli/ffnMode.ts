/**
 * The --mode flag of commands that measure the engine: which feed-forward neurons are computed.
 */
import type { NativeFfnMode } from '../worker/nativeBinding';

export type FfnMode = NativeFfnMode;

export const MODES: readonly FfnMode[] = ['exact', 'dense', 'predicted'];

export const MODE_HELP = `  --mode MODE       exact: neurons whose gate fires; dense: all of them, with the same logits;
                    predicted: those that the model's predictors expect, while decoding (default exact)`;
