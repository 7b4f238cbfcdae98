/**
 * `bamboo infill`: the model's raw middle for many samples, as evaluation wants it: no post-processing, greedy, in order.
 */
import * as v from 'valibot';
import { toEngineError } from '../protocol/engineError';
import { GREEDY, LIMITS, type GenerateRequest, type GenerateResult } from '../protocol/engineProtocol';
import { promptTemplate, type PromptTemplate } from '../prompt/promptTemplate';
import { DRAFT_HELP, DRAFT_OPTION, EXIT, MODEL_HELP, MODEL_OPTIONS, type Command } from './command';
import { readJsonLines } from './jsonLines';
import { openTextSession, seedOf, type TextSession } from './modelSession';
import { openOutput, type Output } from './outputFile';

const DEFAULT_MAX_TOKENS = 128;

const snippetSchema = v.object({ path: v.string(), text: v.string() });
const sampleSchema = v.looseObject({
  path: v.string(),
  prefix: v.string(),
  suffix: v.string(),
  snippets: v.exactOptional(v.array(snippetSchema)),
});
type Sample = v.InferOutput<typeof sampleSchema>;

interface InfillOptions {
  readonly maxTokens: number;
  readonly singleLine: boolean;
  readonly seed: number;
}

export const infillCommand: Command = {
  name: 'infill',
  summary: 'fill in the middle of many samples (JSON lines), without post-processing',
  help: `Usage: bamboo infill --input SAMPLES --output RESULTS [--max-tokens N] [--single-line]

  --input FILE      one JSON object a line with path, prefix and suffix, and with snippets of other files ([{path, text}]) where it has any;
                    other fields are passed through; "-" is standard input
  --output FILE     the same objects with completion, stopReason and timings, in the same order; "-" is standard output
  --max-tokens N    tokens a middle may have (default ${DEFAULT_MAX_TOKENS})
  --single-line     stop at the first line break
${DRAFT_HELP}
${MODEL_HELP}

A line that cannot be used is reported and left out; the exit code is then 1.`,
  options: {
    ...MODEL_OPTIONS,
    ...DRAFT_OPTION,
    input: { type: 'string' },
    output: { type: 'string' },
    'max-tokens': { type: 'string' },
    'single-line': { type: 'boolean' },
  },
  async run(args, io) {
    const input = args.requiredText('input');
    const outputPath = args.requiredText('output');
    const options: InfillOptions = {
      maxTokens: args.integer('max-tokens', { min: 1, max: LIMITS.maxTokens, fallback: DEFAULT_MAX_TOKENS }),
      singleLine: args.flag('single-line'),
      seed: seedOf(args),
    };
    const session = await openTextSession(args, io);
    const output = await openOutput(outputPath, io);
    let exitCode: number = EXIT.done;
    try {
      for await (const line of readJsonLines(input, sampleSchema)) {
        const problem = line.kind === 'bad' ? line.error : await infillSample(line.value, options, session, output);
        if (problem !== undefined) {
          io.warn(`${problem.code}: ${problem.message}`);
          exitCode = EXIT.failed;
        }
      }
    } finally {
      await output.close();
      await session.dispose();
    }
    return exitCode;
  },
};

async function infillSample(sample: Sample, options: InfillOptions, session: TextSession, output: Output) {
  let result: GenerateResult;
  try {
    const request = infillRequest(sample, options, promptTemplate(session.model.promptForm));
    result = await session.generate(request, new AbortController().signal);
  } catch (error) {
    return toEngineError(error);
  }
  const { text: completion, stopReason, timings, mode } = result;
  await output.write(`${JSON.stringify({ ...sample, completion, stopReason, timings, mode })}\n`);
  return undefined;
}

function infillRequest(
  sample: Sample,
  { maxTokens, singleLine, seed }: InfillOptions,
  template: PromptTemplate,
): Omit<GenerateRequest, 'requestId'> {
  return {
    priority: 'completion',
    prompt: template.middle(sample),
    maxTokens,
    maxPromptTokens: 0,
    sampling: { ...GREEDY, seed },
    stop: { strings: [...(singleLine ? ['\n'] : []), ...template.stopStrings(sample.suffix)], tokens: template.rawEndTokens },
  };
}
