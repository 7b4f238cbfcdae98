// Whether pieces of other files help: exact match of the rest of a line with and without them, the same samples, prompts as the extension makes them.
//   node bench/quality/context.mjs [--root FOLDER ...] [--samples N] [--seed N] [--model FILE] [--save]
// Samples come from the sources of each folder (default: this repository), N a folder (default 200). --save writes bench/results/context.{json,md}.
// Needs `npm run build` first.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { pairedDifference, shareOf } from './pairedShares.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: {
    root: { type: 'string', multiple: true, default: [repository] },
    samples: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    model: { type: 'string' },
    save: { type: 'boolean', default: false },
  },
});

const bundle = path.join(repository, 'build/bench/contextSamples.cjs');
await build({
  entryPoints: [path.join(repository, 'bench/quality/contextSamples.ts')],
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outfile: bundle,
  logLevel: 'warning',
});

const folder = mkdtempSync(path.join(tmpdir(), 'bamboo-context-'));
const readLines = (file) => readFileSync(file, 'utf8').split('\n').filter(Boolean).map(JSON.parse);

function infill(name, samples) {
  const input = path.join(folder, `${name}.jsonl`);
  const output = path.join(folder, `${name}-out.jsonl`);
  writeFileSync(input, samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
  const model = values.model === undefined ? [] : ['--model', values.model];
  const limits = ['--single-line', '--max-tokens', '64'];
  execFileSync(
    process.execPath,
    [path.join(repository, 'dist/cli.js'), 'infill', ...model, '--input', input, '--output', output, ...limits],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  return readLines(output);
}

const isExact = ({ completion, middle }) => completion.trimEnd() === middle.trimEnd();

function rowOf(name, pairs) {
  const on = shareOf(pairs.filter(([first]) => first).length, pairs.length);
  const off = shareOf(pairs.filter(([, second]) => second).length, pairs.length);
  return { name, on, off, paired: pairedDifference(pairs) };
}

/** Whether each sample of a folder was exact with and without context, and whether it needs any. */
function measure(root) {
  const file = path.join(folder, 'samples.jsonl');
  execFileSync(process.execPath, [bundle, root, file, values.samples, values.seed], { stdio: 'inherit' });
  const samples = readLines(file);
  const withContext = infill('on', samples);
  const without = infill(
    'off',
    samples.map((sample) => ({ ...sample, snippets: [] })),
  );
  return samples.map(({ needsContext }, index) => ({ needsContext, pair: [isExact(withContext[index]), isExact(without[index])] }));
}

function rowsOf(name, results) {
  const pairsWhere = (needed) => results.filter(({ needsContext }) => needsContext === needed).map(({ pair }) => pair);
  return [
    rowOf(
      name,
      results.map(({ pair }) => pair),
    ),
    rowOf(`${name}: a name of the line stands only in other files`, pairsWhere(true)),
    rowOf(`${name}: other lines`, pairsWhere(false)),
  ];
}

const measured = values.root.map((root) => ({ name: path.basename(path.resolve(root)), results: measure(root) }));
const rows = measured.flatMap(({ name, results }) => rowsOf(name, results));
if (measured.length > 1) {
  const all = measured.flatMap(({ results }) => results);
  rows.push(...rowsOf('all', all));
}
rmSync(folder, { recursive: true });

const percent = (share) => (Number.isNaN(share) ? '–' : `${(share * 100).toFixed(1)} %`);
const points = (share) => `${share >= 0 ? '+' : '−'}${Math.abs(share * 100).toFixed(1)}`;
const interval = ({ share, low, high }) => `${percent(share)} (${percent(low)} – ${percent(high)})`;
const change = ({ count, difference, low, high, onlyFirst, onlySecond, p }) =>
  count === 0
    ? '–'
    : `${points(difference)} points (${points(low)} – ${points(high)}); +${onlyFirst} −${onlySecond}, p = ${p.toPrecision(2)}`;
const cells = rows.map(({ name, on, off, paired }) => [name, paired.count, interval(on), interval(off), change(paired)]);
const header = ['samples', 'n', 'context on', 'context off', 'difference'];
const shownRoots = values.root.map((root) => (root === repository ? '' : ` --root ${path.basename(root)}`)).join('');
const shownModel = values.model === undefined ? '' : ` --model ${path.basename(values.model)}`;
const command = `node bench/quality/context.mjs${shownRoots}${shownModel} --samples ${values.samples} --seed ${values.seed}`;
const markdown = `# Context of other files, on and off

\`${command}\`
Exact match of the rest of a line, greedy, without post-processing, with 95 % confidence intervals (Wilson; the difference paired, p by McNemar's exact test).
Samples are places where the collectors find something by imports and neighbours; open files and recent edits, which a user would have too, are not simulated.

${[header, header.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n')}
`;
if (values.save) {
  writeFileSync(path.join(repository, 'bench/results/context.json'), `${JSON.stringify({ command, rows }, null, 2)}\n`);
  writeFileSync(path.join(repository, 'bench/results/context.md'), markdown);
}
console.log(markdown);
