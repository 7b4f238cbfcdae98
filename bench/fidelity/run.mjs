// How close predicted mode is to dense, and how fast, as the threshold falls: loss, first choice, divergence and bytes at each
// share of the activation mass that is kept, the speed of each of those policies, and infilling pair by pair.
// node bench/fidelity/run.mjs --input CALIBRATION.jsonl --texts text-dev.jsonl [--samples infill-dev.jsonl] [--targets LIST] [--trials FILE]
// The evaluation sets hold text of other projects and are not part of this repository. Writes bench/results/fidelity.{json,md,svg}.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fidelityCurve } from './curve.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: `${root}models/bamboo-nano/bamboo-nano.gguf` },
    input: { type: 'string' },
    texts: { type: 'string' },
    trials: { type: 'string' },
    samples: { type: 'string' },
    targets: { type: 'string', default: '0.97,0.98,0.985,0.99,0.9925,0.995,0.9975,0.9985' },
    tokens: { type: 'string', default: '12000' },
    rounds: { type: 'string', default: '5' },
  },
});
if (values.trials === undefined && (values.input === undefined || values.texts === undefined)) {
  console.error(
    'Name --input (texts to calibrate on) and --texts (texts to compare on), or --trials (the JSON of an earlier calibrate --all).',
  );
  process.exit(2);
}

const cli = (...args) => execFileSync(process.execPath, [`${root}dist/cli.js`, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
const model = ['--model', values.model];
const folder = mkdtempSync(path.join(tmpdir(), 'bamboo-fidelity-'));
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const readLines = (file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** Exits with 1 when no target meets the bar, which is a result too. */
function calibrate(...args) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [`${root}dist/cli.js`, 'calibrate', ...model, '--json', ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status === null || status > 1 || stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

/** What `bamboo calibrate --all --json` printed, measured now or kept from an earlier run. */
function measureTrials() {
  if (values.trials !== undefined) return JSON.parse(readFileSync(values.trials, 'utf8'));
  const texts = ['--input', values.input, '--probe-tokens', '8192', '--check-input', values.texts, '--check-tokens', values.tokens];
  return calibrate(...texts, '--targets', values.targets, '--all', '--output', path.join(folder, 'all.json'));
}

/** The calibration of one trial: the layers of a measured one with that trial's modes and thresholds. */
function calibrationFile(base, { massTarget, choices }) {
  const layers = base.layers.map((layer, i) => {
    const { mode, threshold, upFirst, kept, recall, massRecall } = choices[i];
    return { ...layer, mode, threshold, upFirst, kept, recall, massRecall };
  });
  const file = path.join(folder, `${massTarget}.json`);
  writeFileSync(file, JSON.stringify({ ...base, massTarget, layers }));
  return file;
}

const { trials, output } = measureTrials();
const base = JSON.parse(readFileSync(output, 'utf8'));
const files = new Map(trials.map((trial) => [trial.massTarget, calibrationFile(base, trial)]));

const rates = new Map();
for (let round = 0; round < Number(values.rounds); round++) {
  const time = (name, ...args) => {
    const report = JSON.parse(cli('bench', ...model, '--long-prompt', '0', '--repeat', '3', '--tokens', '128', '--json', ...args));
    rates.set(name, [...(rates.get(name) ?? []), report.decodeTokensPerSecond]);
  };
  time('dense', '--mode', 'dense');
  time('exact', '--mode', 'exact');
  for (const { massTarget } of trials) time(massTarget, '--mode', 'predicted', '--calibration', files.get(massTarget));
}
const dense = median(rates.get('dense'));
const rows = trials.map(({ massTarget, fidelity, choices }) => ({
  massTarget,
  ...fidelity,
  feedForwardMb: choices.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6,
  exactLayers: choices.filter(({ mode }) => mode === 'exact').length,
  speed: median(rates.get(massTarget)) / dense,
}));
const exactSpeed = median(rates.get('exact')) / dense;

/** Single-line infilling of the calibration that lies beside the model: which samples each mode gets right. */
function infilling() {
  const input = path.join(folder, 'samples.jsonl');
  const samples = readLines(values.samples).filter(({ kind }) => kind === 'single');
  writeFileSync(input, samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
  const right = (mode) => {
    const output = path.join(folder, `${mode}.jsonl`);
    cli('infill', ...model, '--mode', mode, '--input', input, '--output', output, '--single-line', '--max-tokens', '64');
    return readLines(output).map(({ completion, middle }) => completion.trimEnd() === middle.trimEnd());
  };
  const [exact, predicted] = [right('exact'), right('predicted')];
  return {
    samples: exact.length,
    exactRight: exact.filter(Boolean).length,
    predictedRight: predicted.filter(Boolean).length,
    lost: exact.filter((isRight, i) => isRight && !predicted[i]).length,
    won: predicted.filter((isRight, i) => isRight && !exact[i]).length,
  };
}
const infill = values.samples === undefined ? undefined : infilling();
rmSync(folder, { recursive: true });

const command = `node bench/fidelity/run.mjs --input … --texts text-dev.jsonl${infill === undefined ? '' : ' --samples infill-dev.jsonl'} --targets ${values.targets} --tokens ${values.tokens} --rounds ${values.rounds}`;
const machine = `${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} logical CPUs`;
writeFileSync(`${root}bench/results/fidelity.json`, `${JSON.stringify({ command, machine, exactSpeed, rows, infill }, null, 2)}\n`);
writeFileSync(`${root}bench/results/fidelity.svg`, fidelityCurve(rows, exactSpeed));
const percent = (share, digits = 2) => `${(share * 100).toFixed(digits)} %`;
const line = (cells) => `| ${cells.join(' | ')} |`;
const header = ['mass kept', 'loss', 'same first choice', 'mean KL', 'p99 KL', 'feed-forward MB', 'exact layers', 'speed, dense = 1'];
const table = rows.map((row) =>
  line([
    percent(row.massTarget),
    `${row.lossChange >= 0 ? '+' : '−'}${percent(Math.abs(row.lossChange))}`,
    percent(row.top1Agreement),
    row.meanKl.toExponential(1),
    row.p99Kl.toExponential(1),
    row.feedForwardMb.toFixed(1),
    row.exactLayers,
    `${row.speed.toFixed(2)} ×`,
  ]),
);
const infillText =
  infill === undefined
    ? ''
    : `\nSingle-line infilling, ${infill.samples} samples, greedy, exact match: exact mode ${infill.exactRight}, predicted mode (the shipped calibration) ${infill.predictedRight}; ${infill.lost} lost, ${infill.won} won.\n`;
writeFileSync(
  `${root}bench/results/fidelity.md`,
  `# Fidelity of predicted mode

\`${command}\`, ${machine}.
Through the decode path, ${rows[0]?.tokens} positions of the held-out files in windows of 512; every position is masked as when generating. Speed: decode with 2 threads, medians of ${values.rounds} interleaved rounds; exact mode is ${exactSpeed.toFixed(2)} ×.

${[line(header), line(header.map(() => '---')), ...table].join('\n')}
${infillText}
![The curve](fidelity.svg)
`,
);
console.log(readFileSync(`${root}bench/results/fidelity.md`, 'utf8'));
