// The command line of bench/peers/run.mjs: engines, threads, lengths, folders. Pure; says in one sentence what is wrong.
import { parseArgs } from 'node:util';

export const MODES = ['dense', 'exact', 'predicted'];
export const LLAMA = 'llama.cpp';

export const USAGE = `Usage: node bench/peers/run.mjs [OPTIONS]

  --models DIR          folder of SHAPE.pwri.gguf and SHAPE.llama.gguf, made there when missing (needs python3 with numpy;
                        default: bamboo-peers under the system's folder for temporary files)
  --shape SHAPE         7b or tiny (default 7b)
  --engines LIST        of ${LLAMA}, ${MODES.join(', ')} (default: all)
  --llama-without FILE  also run llama.cpp with this file of its package left out, such as libggml-cpu-sapphirerapids.so
                        for a comparison without AMX; may be given several times, all are left out together
  --threads N           compute threads of every engine (default 2)
  --rounds N            rounds, in each of which every engine runs once in a process of its own (default 3)
  --prefill LIST        prompt lengths in tokens (default 128,512); decoding follows the first of them
  --tokens N            decode steps measured in each round (default 32)
  --context N           context length of every engine (default 1024)
  --out NAME            results go to NAME.json and NAME.md (default bench/results/peers-SHAPE)`;

export class PeerUsageError extends Error {
  name = 'PeerUsageError';
}

export function readPeerOptions(argv) {
  const values = parsed(argv);
  const shape = oneOf('shape', values.shape, ['7b', 'tiny']);
  const prefill = values.prefill.split(',').map((text) => wholeNumber('prefill', text, 1, 1_000_000));
  const options = {
    models: values.models,
    shape,
    engines: engineList(values.engines.split(','), values['llama-without']),
    threads: wholeNumber('threads', values.threads, 1, 1024),
    rounds: wholeNumber('rounds', values.rounds, 1, 1000),
    prefill,
    tokens: wholeNumber('tokens', values.tokens, 1, 1_000_000),
    context: wholeNumber('context', values.context, 1, 1_000_000),
    out: values.out,
    help: values.help,
  };
  const longest = Math.max(prefill[0] + options.tokens + 1, ...prefill);
  if (longest > options.context) throw new PeerUsageError(`--context ${options.context} is too short for ${longest} tokens`);
  return options;
}

function parsed(argv) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        models: { type: 'string' },
        shape: { type: 'string', default: '7b' },
        engines: { type: 'string', default: [LLAMA, ...MODES].join(',') },
        'llama-without': { type: 'string', multiple: true, default: [] },
        threads: { type: 'string', default: '2' },
        rounds: { type: 'string', default: '3' },
        prefill: { type: 'string', default: '128,512' },
        tokens: { type: 'string', default: '32' },
        context: { type: 'string', default: '1024' },
        out: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new PeerUsageError(error.message);
  }
}

/** What one engine is called in the results, and which program runs it: ours when it has a mode. */
function engineList(names, without) {
  const engines = names.map((name) => {
    oneOf('engines', name, [LLAMA, ...MODES]);
    return name === LLAMA ? { name, without: [] } : { name: `bamboo ${name}`, mode: name };
  });
  const wrong = without.find((file) => !/^lib[\w.-]+\.so$/.test(file));
  if (wrong !== undefined) throw new PeerUsageError(`--llama-without names a library such as libggml-cpu-zen4.so; got "${wrong}"`);
  if (without.length > 0) {
    const variant = { name: `${LLAMA} without ${without.join(' and ')}`, without };
    engines.splice(engines.findIndex(({ name }) => name === LLAMA) + 1, 0, variant);
  }
  return engines;
}

function oneOf(option, value, choices) {
  if (choices.includes(value)) return value;
  throw new PeerUsageError(`--${option} knows ${choices.join(', ')}; got "${value}"`);
}

function wholeNumber(option, text, min, max) {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new PeerUsageError(`--${option} must be a whole number from ${min} to ${max}; got "${text}"`);
}
