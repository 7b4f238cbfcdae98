/**
 * What a subcommand of `bamboo` is, and what it may touch: the terminal, the native library, a clock.
 */
import type { ParseArgsConfig } from 'node:util';
import { LIMITS } from '../protocol/engineProtocol';
import type { NativeBinding } from '../worker/nativeBinding';
import type { Arguments } from './arguments';

export interface CliIo {
  readonly packageRoot: string;
  readonly nowMs: () => number;
  readonly loadBinding: () => NativeBinding;
  /** Standard output. */
  readonly print: (line: string) => void;
  /** Standard output without a line break: text as it grows. */
  readonly write: (text: string) => void;
  /** Standard error. */
  readonly warn: (line: string) => void;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Shown by --help: one line of usage, then what the options mean. */
  readonly help: string;
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** Number of arguments without a flag. */
  readonly positionals?: number;
  /** Resolves with the exit code. */
  run(args: Arguments, io: CliIo): Promise<number>;
}

export const EXIT = { done: 0, failed: 1, badArguments: 2 } as const;

/** The flags of every command that loads a model. */
export const MODEL_OPTIONS = {
  model: { type: 'string' },
  threads: { type: 'string' },
  seed: { type: 'string' },
  mode: { type: 'string' },
  calibration: { type: 'string' },
  kv: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies Command['options'];

/** Of the commands that generate text. */
export const DRAFT_OPTION = { draft: { type: 'string' } } as const satisfies Command['options'];

export const DRAFT_HELP = `  --draft N         tokens guessed ahead where the text repeats itself, 0 = none, at most ${LIMITS.maxDraftTokens};
                    the output is the same (default: the library's choice)`;

export const MODEL_HELP = `  --model FILE      GGUF file with a SentencePiece vocabulary, or with tokenizer.json beside it (default: the bundled model)
  --threads N       compute threads, 0 = physical cores (default 0)
  --seed N          seed of the sampler (default 0)
  --mode MODE       exact: neurons whose gate fires; dense: all of them, with the same output;
                    predicted: those that the model's predictors expect, while decoding;
                    auto: the fastest that is close enough to dense on this model
                    (default auto; exact for loss and logits)
  --calibration FILE  how predicted mode treats each layer (default: MODEL.calibration.json beside the model)
  --kv TYPE         element type of the KV cache: f16, or q8 for half the memory and a small loss (default f16)
  --json            one JSON object instead of text`;
