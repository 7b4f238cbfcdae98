// Proves in the terminal that engine and model work: completes one line of the sample project with the built command line.
import path from 'node:path';
import { REPOSITORY } from './repository.mjs';
import { runCommand } from './runCommand.mjs';
import { SAMPLE_FILE, SAMPLE_PROJECT, samplePlace } from './samplePlace.mjs';

export async function showFirstCompletion() {
  const { line, column, text } = samplePlace();
  const file = path.relative(REPOSITORY, path.join(SAMPLE_PROJECT, SAMPLE_FILE));
  const cli = path.join(REPOSITORY, 'dist', 'cli.js');
  console.log(`\nA first completion, after "${text.trim()} " in ${file} (line ${line}):\n`);
  await runCommand(process.execPath, [cli, 'complete', '--at', `${file}:${line}:${column}`]);
  console.log('');
}
