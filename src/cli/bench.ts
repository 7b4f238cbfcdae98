/**
 * `bamboo bench`: how fast each mode of a model is on this machine, beside the memory bandwidth measured in the same minute.
 */
import { FFN_MODES, type ModeChoice } from '../protocol/engineProtocol';
import { UsageError, type Arguments } from './arguments';
import { measureModes, type BenchOptions } from './benchRuns';
import { benchTable } from './benchTable';
import { DRAFT_OPTION, EXIT, MODEL_HELP, MODEL_OPTIONS, type Command } from './command';
import { concreteMode, draftOf, kvTypeOf, modeOf, openTokenSession, seedOf } from './modelSession';

/** Prefill of a prompt this long is what a completion at a new place costs. */
const LONG_PROMPT_TOKENS = 1000;

export const benchCommand: Command = {
  name: 'bench',
  summary: 'measure the speed of a model on this machine',
  help: `Usage: bamboo bench [--modes LIST] [--prompt-tokens N] [--tokens N] [--long-prompt N] [--repeat N]

  --modes LIST      modes to measure, interleaved: dense,exact,predicted
                    (default: all that the model supports, or the one of --mode)
  --prompt-tokens N tokens to prefill (default 256)
  --tokens N        tokens to decode, at least 2 (default 64)
  --long-prompt N   prompt of the time to the first token, cold and with a warm prefix; 0 leaves it out
                    (default ${LONG_PROMPT_TOKENS}, or what the context holds)
  --repeat N        runs; memory bandwidth is measured between them and figures are medians (default 3)
${MODEL_HELP}`,
  options: {
    ...MODEL_OPTIONS,
    ...DRAFT_OPTION,
    modes: { type: 'string' },
    'prompt-tokens': { type: 'string' },
    tokens: { type: 'string' },
    'long-prompt': { type: 'string' },
    repeat: { type: 'string' },
  },
  async run(args, io) {
    const options = {
      promptTokens: args.integer('prompt-tokens', { min: 1, max: 1_000_000, fallback: 256 }),
      tokens: args.integer('tokens', { min: 2, max: 1_000_000, fallback: 64 }),
      longPrompt: longPromptOf(args),
      repeat: args.integer('repeat', { min: 1, max: 1000, fallback: 3 }),
      maxDraftTokens: draftOf(args) ?? 0,
      kvType: kvTypeOf(args),
      seed: seedOf(args),
      nowMs: io.nowMs,
    };
    const choices = modesOf(args);
    const session = await openTokenSession(args, io);
    try {
      const modes = choices?.map((choice) => concreteMode(session, choice));
      const report = await measureModes(session, { ...options, modes });
      io.print(args.flag('json') ? JSON.stringify(report) : benchTable(report));
    } finally {
      session.engine.dispose();
    }
    return EXIT.done;
  },
};

function longPromptOf(args: Arguments): BenchOptions['longPrompt'] {
  if (args.text('long-prompt') === undefined) {
    return { atMost: LONG_PROMPT_TOKENS };
  }
  return { exactly: args.integer('long-prompt', { min: 0, max: 1_000_000, fallback: 0 }) };
}

/** undefined: all that the model supports. */
function modesOf(args: Arguments): readonly ModeChoice[] | undefined {
  const list = args.text('modes');
  if (list === undefined) {
    return args.text('mode') === undefined ? undefined : [modeOf(args)];
  }
  if (args.text('mode') !== undefined) {
    throw new UsageError('--mode and --modes exclude each other');
  }
  const modes = list.split(',').map((name) => {
    const mode = FFN_MODES.find((known) => known === name);
    if (mode === undefined) {
      throw new UsageError(`--modes must list some of ${FFN_MODES.join(', ')}; got "${name}"`);
    }
    return mode;
  });
  return [...new Set(modes)];
}
