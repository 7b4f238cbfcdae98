/**
 * `bamboo generate`: the model's continuation of a text, streamed to the terminal.
 */
import { promptTemplate } from '../prompt/promptTemplate';
import { GREEDY, LIMITS, type GenerateRequest, type PromptForm, type PromptPart } from '../protocol/engineProtocol';
import type { Arguments } from './arguments';
import { DRAFT_HELP, DRAFT_OPTION, EXIT, MODEL_HELP, MODEL_OPTIONS, type Command } from './command';
import { openTextSession, seedOf } from './modelSession';

const DEFAULT_MAX_TOKENS = 128;

export const generateCommand: Command = {
  name: 'generate',
  summary: 'continue a text',
  help: `Usage: bamboo generate --prompt TEXT [--max-tokens N]

  --prompt TEXT            the text to continue
  --path PATH              say that the text is a file of this path, in the way of the model
  --max-tokens N           tokens to add at most (default ${DEFAULT_MAX_TOKENS})
  --stop TEXT              stop before this text
  --temperature T          0 = always the likeliest token (default 0)
  --top-k K                keep the K likeliest tokens, 0 = all (default 0)
  --top-p P                keep the likeliest tokens up to this total probability (default 1)
  --min-p P                keep tokens at least this likely relative to the likeliest (default 0)
  --repetition-penalty R   1 = none (default 1)
${DRAFT_HELP}
${MODEL_HELP}`,
  options: {
    ...MODEL_OPTIONS,
    ...DRAFT_OPTION,
    prompt: { type: 'string' },
    path: { type: 'string' },
    'max-tokens': { type: 'string' },
    stop: { type: 'string' },
    temperature: { type: 'string' },
    'top-k': { type: 'string' },
    'top-p': { type: 'string' },
    'min-p': { type: 'string' },
    'repetition-penalty': { type: 'string' },
  },
  async run(args, io) {
    const text = args.requiredText('prompt');
    const options = optionsOf(args);
    const asJson = args.flag('json');
    const session = await openTextSession(args, io);
    try {
      const { promptForm, isa, threads } = session.model;
      const request = { ...options, prompt: promptOf(text, args.text('path'), promptForm) };
      const result = await session.generate(request, new AbortController().signal, (added) => {
        if (!asJson) {
          io.write(added.text);
        }
      });
      const { stopReason, timings, tokens, mode, metrics } = result;
      io.print(asJson ? JSON.stringify({ text: result.text, stopReason, timings, tokens, mode, metrics, isa, threads }) : '');
    } finally {
      await session.dispose();
    }
    return EXIT.done;
  },
};

function optionsOf(args: Arguments): Omit<GenerateRequest, 'requestId' | 'prompt'> {
  const stop = args.text('stop');
  return {
    priority: 'completion',
    maxTokens: args.integer('max-tokens', { min: 1, max: LIMITS.maxTokens, fallback: DEFAULT_MAX_TOKENS }),
    maxPromptTokens: 0,
    sampling: {
      temperature: args.number('temperature', { min: 0, max: 100, fallback: GREEDY.temperature }),
      topK: args.integer('top-k', { min: 0, max: 1_000_000, fallback: GREEDY.topK }),
      topP: args.number('top-p', { min: 0, max: 1, fallback: GREEDY.topP }),
      minP: args.number('min-p', { min: 0, max: 1, fallback: GREEDY.minP }),
      repetitionPenalty: args.number('repetition-penalty', { min: 0.01, max: 100, fallback: GREEDY.repetitionPenalty }),
      seed: seedOf(args),
    },
    stop: { strings: stop === undefined || stop === '' ? [] : [stop], tokens: [] },
  };
}

function promptOf(text: string, path: string | undefined, form: PromptForm): PromptPart[] {
  return path === undefined ? [{ kind: 'text', text, trim: 'start' }] : promptTemplate(form).file(path, text);
}
