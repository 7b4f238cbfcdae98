// Decode speed of the bundled model beside other busy processes, at normal and below-normal priority, interleaved in rounds.
// Writes bench/results/busy.{json,md}. Bind it to as many CPUs as it may use: the figures are about sharing those.
//   node bench/decode/busy.mjs                        2 threads, 0, 1 and 3 busy loops
//   taskset -c 0,2 node bench/decode/busy.mjs         the same on two cores of a larger machine
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    loops: { type: 'string', multiple: true, default: ['0', '1', '3'] },
    threads: { type: 'string', default: '2' },
    mode: { type: 'string', default: 'exact' },
    tokens: { type: 'string', default: '64' },
  },
});
// What the worker lowers itself to: PRIORITY_BELOW_NORMAL.
const PRIORITIES = [
  { priority: 'normal', nice: 0 },
  { priority: 'below normal', nice: 10 },
];
const PROMPT = 'def fibonacci(n: int) -> int:\n    """The nth Fibonacci number."""\n';

async function startLoops(count) {
  const loops = Array.from({ length: count }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  await Promise.all(loops.map((loop) => once(loop, 'spawn')));
  if (count > 0) await delay(300);
  return loops;
}

async function stopLoops(loops) {
  const ended = loops.map((loop) => once(loop, 'exit'));
  for (const loop of loops) loop.kill('SIGKILL');
  await Promise.all(ended);
}

/** Milliseconds of one decode step; the first token comes from the prompt. */
function msPerToken(nice) {
  const command = [`${root}dist/cli.js`, 'generate', '--json', '--prompt', PROMPT, '--max-tokens', values.tokens];
  command.push('--threads', values.threads, '--mode', values.mode);
  const answer = JSON.parse(execFileSync('nice', ['-n', String(nice), process.execPath, ...command], { encoding: 'utf8' }));
  const { dense, exact, predicted } = answer.metrics.decode.steps;
  return answer.timings.decodeMs / (dense + exact + predicted);
}

function percentile(numbers, p) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil((p / 100) * sorted.length) - 1))];
}

const situations = values.loops.flatMap((loops) => PRIORITIES.map((priority) => ({ busyLoops: Number(loops), ...priority, ms: [] })));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const loops of values.loops) {
    const running = await startLoops(Number(loops));
    for (const situation of situations) {
      if (situation.busyLoops === Number(loops)) situation.ms.push(msPerToken(situation.nice));
    }
    await stopLoops(running);
  }
}

const alone = percentile(situations[0].ms, 50);
const rows = situations.map(({ busyLoops, priority, nice, ms }) => {
  const median = percentile(ms, 50);
  return { busyLoops, priority, nice, msPerToken: median, worstMsPerToken: percentile(ms, 100), ratio: median / alone };
});
const command = ['node bench/decode/busy.mjs', ...process.argv.slice(2)].join(' ');
const { rounds, threads, mode, tokens } = values;
const report = { command, cpu: cpus()[0]?.model, rounds: Number(rounds), threads: Number(threads), mode, tokens: Number(tokens), rows };
writeFileSync(`${root}bench/results/busy.json`, `${JSON.stringify(report, null, 2)}\n`);

const table = rows.map((row) => {
  const cells = [row.busyLoops, row.priority, row.msPerToken.toFixed(2), row.worstMsPerToken.toFixed(2), `${row.ratio.toFixed(2)} ×`];
  return `| ${cells.join(' | ')} |`;
});
const markdown = `# Decoding beside busy processes

\`${command}\`: medians of ${rounds} interleaved rounds, ${report.cpu}, ${threads} threads on as many cores, bamboo-nano in ${mode} mode, ${tokens} tokens.
Each busy loop is a process of its own at normal priority. The worker behind the editor runs below normal.

| busy loops | our priority | ms/token | worst round | ratio |
| --- | --- | --- | --- | --- |
${table.join('\n')}
`;
writeFileSync(`${root}bench/results/busy.md`, markdown);
console.log(markdown);
