// Decode and prefill speed of the bundled model: every instruction set x 1 and 2 threads x mode,
// interleaved in rounds, medians over the rounds. Writes bench/results/decode.{json,md}.
// node bench/decode/run.mjs [--rounds N] [--model FILE]
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, model: { type: 'string' } } });
const ISAS = ['avx512vnni', 'avx2', 'portable'];
const configurations = ISAS.flatMap((isa) =>
  [1, 2].flatMap((threads) => ['dense', 'exact', 'predicted'].map((mode) => ({ isa, threads, mode }))),
);

function runBench({ isa, threads, mode }) {
  const small = isa === 'portable';
  const args = ['bench', '--json', '--repeat', '1', '--threads', String(threads), '--mode', mode];
  args.push('--prompt-tokens', small ? '64' : '1024', '--tokens', small ? '16' : '128');
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
const report = {
  command: `node bench/decode/run.mjs --rounds ${values.rounds}`,
  cpu: cpus()[0]?.model,
  rounds: Number(values.rounds),
  rows,
};
writeFileSync(`${root}bench/results/decode.json`, `${JSON.stringify(report, null, 2)}\n`);

const baseline = rows.find((row) => row.isa === 'avx512vnni' && row.threads === 1 && row.mode === 'dense');
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
const markdown = `# Decode and prefill of bamboo-nano

\`${report.command}\`: medians of ${report.rounds} interleaved rounds, ${report.cpu}.
Prompt of 1024 tokens and 128 decoded (portable: 64 and 16). Bytes are weights and KV that one decode step reads; the share is of the read bandwidth that a plain sum over 1 GiB reaches with as many threads in the same run. A share above 100 % means that part of the weights stays in the last-level cache between tokens.

| ISA | threads | mode | decode tok/s | ratio | MB/token | of bandwidth | prefill tok/s |
| --- | --- | --- | --- | --- | --- | --- | --- |
${table.join('\n')}
`;
writeFileSync(`${root}bench/results/decode.md`, markdown);
console.log(markdown);
