// Decode and prefill speed of a model: instruction sets x threads x modes, interleaved in rounds, medians over the rounds.
// Writes bench/results/NAME.{json,md}.
//   node bench/decode/run.mjs                                     the bundled model, everything
//   node bench/decode/run.mjs --name decode-7b --model FILE --isa avx512vnni --threads 2 --prompt-tokens 128 --tokens 33
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'decode' },
    model: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    isa: { type: 'string', multiple: true, default: ['avx512vnni', 'avx2', 'portable'] },
    threads: { type: 'string', multiple: true, default: ['1', '2'] },
    'prompt-tokens': { type: 'string', default: '1024' },
    tokens: { type: 'string', default: '128' },
  },
});
const MODES = ['dense', 'exact', 'predicted'];
const configurations = values.isa.flatMap((isa) => values.threads.flatMap((threads) => MODES.map((mode) => ({ isa, threads, mode }))));

function runBench({ isa, threads, mode }) {
  const slow = isa === 'portable';
  const args = ['bench', '--json', '--repeat', '1', '--long-prompt', '0', '--threads', threads, '--mode', mode];
  args.push('--prompt-tokens', slow ? '64' : values['prompt-tokens'], '--tokens', slow ? '16' : values.tokens);
  if (values.model !== undefined) args.push('--model', values.model);
  const env = { ...process.env, BAMBOO_FORCE_ISA: isa };
  return JSON.parse(execFileSync(process.execPath, [`${root}dist/cli.js`, ...args], { env, encoding: 'utf8' }));
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const runs = new Map(configurations.map((configuration) => [configuration, []]));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const configuration of configurations) runs.get(configuration).push(runBench(configuration));
}

const KEYS = ['decodeTokensPerSecond', 'prefillTokensPerSecond', 'bytesPerToken', 'bandwidthShare', 'readBandwidthBytesPerSecond'];
const rows = configurations.map((configuration) => {
  const figures = KEYS.map((key) => [key, median(runs.get(configuration).map((run) => run[key]))]);
  return { ...configuration, ...Object.fromEntries(figures) };
});
const shown = process.argv.slice(2).map((argument) => (argument.endsWith('.gguf') ? path.basename(argument) : argument));
const report = {
  command: ['node bench/decode/run.mjs', ...shown].join(' '),
  cpu: cpus()[0]?.model,
  rounds: Number(values.rounds),
  rows,
};
writeFileSync(`${root}bench/results/${values.name}.json`, `${JSON.stringify(report, null, 2)}\n`);

const [baseline] = rows;
const table = rows.map((row) => {
  const ratio = (row.decodeTokensPerSecond / baseline.decodeTokensPerSecond).toFixed(2);
  const cells = [
    row.isa,
    row.threads,
    row.mode,
    row.decodeTokensPerSecond.toFixed(0),
    `${ratio} ×`,
    (row.bytesPerToken / 1e6).toFixed(1),
    `${(row.bandwidthShare * 100).toFixed(0)} %`,
    row.prefillTokensPerSecond.toFixed(0),
  ];
  return `| ${cells.join(' | ')} |`;
});
const modelName = runs.get(configurations[0])[0].model;
const portable = values.isa.includes('portable') ? ' (portable: 64 and 16)' : '';
const markdown = `# Decode and prefill of ${modelName}

\`${report.command}\`: medians of ${report.rounds} interleaved rounds, ${report.cpu}.
Prompt of ${values['prompt-tokens']} tokens and ${values.tokens} decoded${portable}. Bytes are weights and KV that one decode step reads; the share is of the read bandwidth that a plain sum over 1 GiB reaches with as many threads in the same run.

| ISA | threads | mode | decode tok/s | ratio | MB/token | of bandwidth | prefill tok/s |
| --- | --- | --- | --- | --- | --- | --- | --- |
${table.join('\n')}
`;
writeFileSync(`${root}bench/results/${values.name}.md`, markdown);
console.log(markdown);
