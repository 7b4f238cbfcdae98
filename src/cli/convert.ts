/**
 * `bamboo convert`: safetensors weights to a GGUF file that the engine maps into memory.
 */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EXIT, type Command } from './command';

const TYPES = ['f32', 'f16', 'bf16', 'q8_0', 'q5_0', 'q4_0'] as const;
const FORMATS = ['bamboo', 'powerinfer'] as const;
const TOKENIZER = 'tokenizer.json';

export const convertCommand: Command = {
  name: 'convert',
  summary: 'make a GGUF model from safetensors weights',
  help: `Usage: bamboo convert --input FOLDER --output FILE [--type TYPE] [--format FORMAT] [--name NAME]

  --input FOLDER           model.safetensors, config.json and, for predictors, predictors.safetensors
  --output FILE            the GGUF file; a tokenizer.json of the input folder is copied beside it
  --format FORMAT          ${FORMATS.join(' or ')} (default bamboo)
  --type TYPE              of all matrices: ${TYPES.join(', ')} (default q8_0)
  --attention-type TYPE    of the attention matrices (default: --type)
  --embedding-type TYPE    of the embedding (default: --type)
  --ffn-type TYPE          of the feed-forward matrices (default: --type)
  --predictor-type TYPE    of the predictors (default: --type)
  --name NAME              the model's name in the file (default: the input folder's name)`,
  options: {
    input: { type: 'string' },
    output: { type: 'string' },
    format: { type: 'string' },
    type: { type: 'string' },
    'attention-type': { type: 'string' },
    'embedding-type': { type: 'string' },
    'ffn-type': { type: 'string' },
    'predictor-type': { type: 'string' },
    name: { type: 'string' },
  },
  async run(args, io) {
    const input = args.requiredText('input');
    const output = args.requiredText('output');
    const type = args.choice('type', TYPES, 'q8_0');
    io.loadBinding().convert(
      {
        input,
        output,
        format: args.choice('format', FORMATS, 'bamboo'),
        attentionType: args.choice('attention-type', TYPES, type),
        embeddingType: args.choice('embedding-type', TYPES, type),
        ffnType: args.choice('ffn-type', TYPES, type),
        predictorType: args.choice('predictor-type', TYPES, type),
        name: args.text('name') ?? path.basename(path.resolve(input)),
      },
      io.print,
    );
    await copyTokenizer(input, output, io.print);
    return EXIT.done;
  },
};

async function copyTokenizer(inputFolder: string, outputFile: string, print: (line: string) => void): Promise<void> {
  const source = path.join(inputFolder, TOKENIZER);
  const target = path.join(path.dirname(outputFile), TOKENIZER);
  if (existsSync(source) && path.resolve(source) !== path.resolve(target)) {
    // Written rather than copied: a read-only source must not make a read-only copy.
    await writeFile(target, await readFile(source));
    print(`copied ${TOKENIZER}`);
  }
}
