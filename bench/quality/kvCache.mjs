// What the int8 KV cache costs and saves beside f16: loss through the decode path, and bytes of a decode step near a full context.
// Its speed: `kernel_bench --only=attend`.
// Writes bench/results/kv-cache.{json,md}.
//   node bench/quality/kvCache.mjs [--input FILE.jsonl ...] [--max-windows N]
// Without --input the texts are the samples in test/fixtures/sample-text; an input has one {lang, path, text} a line.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: {
    input: { type: 'string', multiple: true, default: [] },
    'max-windows': { type: 'string', default: '4' },
  },
});
const KV_TYPES = ['f16', 'q8'];
const PROMPT_TOKENS = 1900;
const TOKENS = 100;

function runCli(args) {
  return JSON.parse(execFileSync(process.execPath, [path.join(root, 'dist/cli.js'), ...args, '--json'], { encoding: 'utf8' }));
}

/** Nats per token of each language under each type. */
function measureLoss(input) {
  const [f16, q8] = KV_TYPES.map((kv) =>
    runCli(['loss', '--input', input, '--chunk', '1', '--max-windows', values['max-windows'], '--kv', kv]),
  );
  return Object.keys(f16).map((lang) => ({
    lang,
    tokens: f16[lang].tokens,
    f16: f16[lang].natsPerToken,
    q8: q8[lang].natsPerToken,
  }));
}

const folder = mkdtempSync(path.join(tmpdir(), 'bamboo-kv-'));
const samples = path.join(folder, 'samples.jsonl');
const sampleFolder = path.join(root, 'test/fixtures/sample-text');
const lines = readdirSync(sampleFolder).map((name) => {
  const text = readFileSync(path.join(sampleFolder, name), 'utf8');
  return JSON.stringify({ lang: name, path: name, text });
});
writeFileSync(samples, `${lines.join('\n')}\n`);
const loss = [samples, ...values.input].flatMap(measureLoss);
rmSync(folder, { recursive: true });

const runs = KV_TYPES.map((kv) =>
  runCli(['bench', '--kv', kv, '--repeat', '1', '--prompt-tokens', String(PROMPT_TOKENS), '--tokens', String(TOKENS)]),
);
const bytes = KV_TYPES.map((kv, i) => ({ kv, bytesPerToken: runs[i].bytesPerToken }));

const shown = process.argv.slice(2).map((argument) => (argument.endsWith('.jsonl') ? path.basename(argument) : argument));
const report = {
  command: ['node bench/quality/kvCache.mjs', ...shown].join(' '),
  cpu: cpus()[0]?.model,
  isa: runs[0].isa,
  threads: runs[0].threads,
  loss,
  bytes,
};
writeFileSync(path.join(root, 'bench/results/kv-cache.json'), `${JSON.stringify(report, null, 2)}\n`);

const percent = (a, b) => `${(((b - a) * 100) / a).toFixed(3)} %`;
const lossRows = loss.map(
  (row) => `| ${row.lang} | ${row.tokens} | ${row.f16.toFixed(4)} | ${row.q8.toFixed(4)} | ${percent(row.f16, row.q8)} |`,
);
const byteRows = bytes.map(({ kv, bytesPerToken }) => `| ${kv} | ${(bytesPerToken / 1e6).toFixed(1)} |`);
const markdown = `# KV cache in f16 and int8

\`${report.command}\`, bamboo-nano, exact mode, ${report.cpu}, ${report.isa}, ${report.threads} threads.

Loss in nats per token, token by token through the decode path.

| text | tokens | f16 | q8 | change |
| --- | --- | --- | --- | --- |
${lossRows.join('\n')}

Weights and KV that a decode step reads, over ${TOKENS} tokens after a prompt of ${PROMPT_TOKENS}.

| KV cache | MB/token |
| --- | --- |
${byteRows.join('\n')}
`;
writeFileSync(path.join(root, 'bench/results/kv-cache.md'), markdown);
console.log(markdown);
