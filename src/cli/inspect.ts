/**
 * `bamboo inspect`: what a GGUF file contains, without loading it.
 */
import type { NativeFileSummary } from '../worker/nativeBinding';
import { EXIT, type Command } from './command';

export const inspectCommand: Command = {
  name: 'inspect',
  summary: 'list the metadata and tensors of a model file',
  help: `Usage: bamboo inspect FILE [--json]

  --json            one JSON object instead of text`,
  options: { json: { type: 'boolean' } },
  positionals: 1,
  run(args, io) {
    const summary = io.loadBinding().inspect(args.requiredPositional(0, 'the model file'));
    io.print(args.flag('json') ? JSON.stringify(summary) : describeFile(summary));
    return Promise.resolve(EXIT.done);
  },
};

function describeFile(summary: NativeFileSummary): string {
  const metadata = Object.entries(summary.metadata).map(([key, value]) => `  ${key} = ${Array.isArray(value) ? value.join(', ') : value}`);
  const width = Math.max(0, ...summary.tensors.map((tensor) => tensor.name.length));
  const tensors = summary.tensors.map(
    ({ name, type, shape, bytes }) => `  ${name.padEnd(width)}  ${type.padEnd(5)} [${shape.join(', ')}]  ${bytes} bytes`,
  );
  return [
    `${summary.magic} version ${summary.version}, ${summary.fileBytes} bytes`,
    `${metadata.length} metadata entries`,
    ...metadata,
    `${tensors.length} tensors`,
    ...tensors,
  ].join('\n');
}
