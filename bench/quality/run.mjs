// The quantized model beside the unquantized one, same runtime, same samples: held-out loss and infilling.
// node bench/quality/run.mjs --samples infill-dev.jsonl --texts text-dev.jsonl --model NAME=FILE [--model NAME=FILE ...]
// The evaluation sets hold text of other projects and are not part of this repository. Writes bench/results/quality.{json,md}.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { editSimilarity } from './editSimilarity.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: { samples: { type: 'string' }, texts: { type: 'string' }, model: { type: 'string', multiple: true } },
});
if (values.samples === undefined || values.texts === undefined || values.model === undefined) {
  console.error('Name --samples, --texts and at least one --model NAME=FILE.');
  process.exit(2);
}

const cli = (args) => execFileSync(process.execPath, [`${root}dist/cli.js`, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
const readLines = (file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const folder = mkdtempSync(path.join(tmpdir(), 'bamboo-quality-'));

function infill(model, kind) {
  const input = path.join(folder, `${kind}.jsonl`);
  const output = path.join(folder, `${kind}-out.jsonl`);
  const samples = readLines(values.samples).filter((sample) => sample.kind === kind);
  writeFileSync(input, samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
  const limits = kind === 'single' ? ['--single-line', '--max-tokens', '64'] : ['--max-tokens', '160'];
  cli(['infill', '--model', model, '--input', input, '--output', output, ...limits]);
  const results = readLines(output);
  const exact = results.filter((result) => result.completion.trimEnd() === result.middle.trimEnd()).length;
  const similarity = results.reduce((sum, result) => sum + editSimilarity(result.completion.trimEnd(), result.middle.trimEnd()), 0);
  return { samples: results.length, exactMatch: exact / results.length, editSimilarity: similarity / results.length };
}

const rows = values.model.map((argument) => {
  const [name, file] = argument.split('=');
  const loss = JSON.parse(cli(['loss', '--model', file, '--input', values.texts, '--json']));
  return { name, loss, single: infill(file, 'single'), block: infill(file, 'block') };
});
rmSync(folder, { recursive: true });

const command = `node bench/quality/run.mjs --samples infill-dev.jsonl --texts text-dev.jsonl ${rows.map(({ name }) => `--model ${name}=…`).join(' ')}`;
writeFileSync(`${root}bench/results/quality.json`, `${JSON.stringify({ command, rows }, null, 2)}\n`);
const percent = (share) => `${(share * 100).toFixed(1)} %`;
const languages = Object.keys(rows[0].loss);
const lossCells = (row) =>
  languages.map((lang) => {
    const change = row.loss[lang].natsPerToken / rows[0].loss[lang].natsPerToken - 1;
    return `${row.loss[lang].natsPerToken.toFixed(4)} (${change >= 0 ? '+' : '−'}${Math.abs(change * 100).toFixed(2)} %)`;
  });
const infillCells = ({ exactMatch, editSimilarity: similarity }) => `${percent(exactMatch)} / ${percent(similarity)}`;
const line = (cells) => `| ${cells.join(' | ')} |`;
const header = [
  'model',
  ...languages.map((lang) => `loss ${lang}`),
  `single line, n ${rows[0].single.samples}`,
  `block, n ${rows[0].block.samples}`,
];
const markdown = `# Quality of the quantized model

\`${command}\`
Loss in nats per token on whole held-out files, with the change against the first row; infilling as exact match / mean edit similarity, greedy, raw middles without post-processing.

${[header, header.map(() => '---'), ...rows.map((row) => [row.name, ...lossCells(row), infillCells(row.single), infillCells(row.block)])].map(line).join('\n')}
`;
writeFileSync(`${root}bench/results/quality.md`, markdown);
console.log(markdown);
