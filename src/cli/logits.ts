/**
 * `bamboo logits`: raw logits of given token ids, to compare the engine with other implementations.
 */
import { EngineError } from '../protocol/engineError';
import { UsageError } from './arguments';
import { EXIT, MODEL_HELP, MODEL_OPTIONS, type Command } from './command';
import { concreteMode, modeOf, openTokenSession } from './modelSession';
import { writeBytes } from './outputFile';

const MAX_CHUNK = 4096;

export const logitsCommand: Command = {
  name: 'logits',
  summary: 'write the logits of given token ids as float32 rows',
  help: `Usage: bamboo logits --tokens 1,300,17 --out FILE [--chunk N]

  --tokens IDS      token ids with commas between them
  --out FILE        float32 values, little-endian, [number of tokens, vocabulary size]
  --chunk N         tokens per forward pass; 1 uses the decode path, 0 the engine's own choice (default 0)
${MODEL_HELP}`,
  options: {
    ...MODEL_OPTIONS,
    tokens: { type: 'string' },
    out: { type: 'string' },
    chunk: { type: 'string' },
  },
  async run(args, io) {
    const tokens = parseTokenIds(args.requiredText('tokens'));
    const outputPath = args.requiredText('out');
    const chunk = args.integer('chunk', { min: 0, max: MAX_CHUNK, fallback: 0 });
    const choice = modeOf(args, 'exact');
    const session = await openTokenSession(args, io);
    const { engine } = session;
    const mode = concreteMode(session, choice);
    try {
      requireInVocabulary(tokens, engine.info.vocabSize);
      const logits = await engine.logits(tokens, chunk, mode);
      await writeBytes(outputPath, new Uint8Array(logits.buffer, logits.byteOffset, logits.byteLength));
      const shape = [tokens.length, engine.info.vocabSize];
      io.print(
        args.flag('json')
          ? JSON.stringify({ out: outputPath, shape, mode })
          : `wrote [${shape.join(', ')}] float32 values to ${outputPath}`,
      );
    } finally {
      engine.dispose();
    }
    return EXIT.done;
  },
};

function parseTokenIds(text: string): Int32Array {
  const ids = text.split(',').map((part) => part.trim());
  const wrong = ids.find((id) => !/^\d{1,9}$/.test(id));
  if (wrong !== undefined) {
    throw new UsageError(`--tokens must be token ids with commas between them; got "${wrong}"`);
  }
  return Int32Array.from(ids, Number);
}

function requireInVocabulary(tokens: Int32Array, vocabSize: number): void {
  const outside = tokens.find((id) => id >= vocabSize);
  if (outside !== undefined) {
    throw new EngineError('invalid-argument', `Token ${outside} is not in the model's vocabulary of ${vocabSize}.`);
  }
}
