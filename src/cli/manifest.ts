/**
 * `bamboo manifest`: writes the manifest.json of a model folder, with the sizes and sums that the package is checked against.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describeModelFolder, MANIFEST_FILE } from '../model/modelManifest';
import { EXIT, type Command } from './command';

export const manifestCommand: Command = {
  name: 'manifest',
  summary: 'write the manifest of a model folder',
  help: `Usage: bamboo manifest FOLDER --file FILE --name NAME --version VERSION --license LICENSE

  --file FILE       the GGUF file in that folder; tokenizer.json lies beside it
  --name NAME       the model's name
  --version V       the model's version
  --license L       its SPDX licence identifier`,
  options: { file: { type: 'string' }, name: { type: 'string' }, version: { type: 'string' }, license: { type: 'string' } },
  positionals: 1,
  async run(args, io) {
    const folder = args.requiredPositional(0, 'the model folder');
    const manifest = await describeModelFolder(folder, {
      file: args.requiredText('file'),
      name: args.requiredText('name'),
      version: args.requiredText('version'),
      license: args.requiredText('license'),
    });
    const target = path.join(folder, MANIFEST_FILE);
    await writeFile(target, `${JSON.stringify(manifest, null, 2)}\n`);
    io.print(`wrote ${target}`);
    return EXIT.done;
  },
};
