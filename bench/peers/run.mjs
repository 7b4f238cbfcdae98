#!/usr/bin/env node
// Our engine beside llama.cpp on the same shape: one process per engine and round, all engines in every round, figures as medians.
// Writes NAME.json and NAME.md; `--help` explains the options, bench/README.md how to run it on another machine.
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProcess } from './engineProcess.mjs';
import { median, summarizeEngines } from './figures.mjs';
import { llamaModulesFolder, llamaWithout } from './llamaVariant.mjs';
import { describeMachine } from './machine.mjs';
import { denseBytesPerToken, modelFiles, readThrough } from './modelFiles.mjs';
import { LLAMA, PeerUsageError, USAGE, readPeerOptions } from './peerOptions.mjs';
import { QUOTED } from './quotedFigures.mjs';
import { resultPage } from './resultTable.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const addon = path.join(root, 'dist', 'native', 'bamboo.node');

try {
  const options = readPeerOptions(process.argv.slice(2));
  if (options.help) console.log(USAGE);
  else await runPeers(options);
} catch (error) {
  console.error(error instanceof PeerUsageError ? `${error.message}\n\n${USAGE}` : error);
  process.exitCode = error instanceof PeerUsageError ? 2 : 1;
}

async function runPeers(options) {
  if (!existsSync(addon)) throw new Error('dist/native/bamboo.node is missing: "npm run build" makes it.');
  const modules = llamaModulesFolder();
  const engines = options.engines.filter(({ mode }) => mode !== undefined || modules !== undefined);
  if (engines.length < options.engines.length) console.log('node-llama-cpp is not installed for this platform: llama.cpp is left out.');
  const files = modelFiles(options.models ?? path.join(tmpdir(), 'bamboo-peers'), options.shape);
  const variants = [];
  const tasks = engines.map((engine) => {
    const task = taskOf(engine, files, options);
    if (!engine.without?.length) return task;
    const variant = llamaWithout(modules, engine.without);
    variants.push(variant);
    return { ...task, llamaModule: variant.module };
  });
  try {
    const { runs, loadAverages } = await runRounds(tasks, options);
    writeReport(reportOf(options, runs, loadAverages, describeMachine(modules)), options);
  } finally {
    for (const variant of variants) variant.remove();
  }
}

/** What the engine's process is told, and what is known of its file beforehand. */
function taskOf({ name, mode }, files, { threads, context, prefill, tokens }) {
  const modelPath = mode === undefined ? files.llama : files.bamboo;
  const summary = createRequire(import.meta.url)(addon).inspect(modelPath);
  const vocabSize = summary.tensors.find((tensor) => tensor.name === 'token_embd.weight').shape[1];
  const program = mode === undefined ? 'llamaEngine.mjs' : 'bambooEngine.mjs';
  const known = { engine: name, fileBytes: summary.fileBytes };
  // Ours reports the bytes of the neurons that it really read.
  if (mode === undefined) known.bytesPerToken = denseBytesPerToken(summary, prefill[0] + tokens / 2);
  return { program, known, modelPath, mode, addon, vocabSize, threads, context, prefill, tokens };
}

async function runRounds(tasks, { rounds, threads }) {
  const runs = [];
  const loadAverages = [];
  for (let round = 1; round <= rounds; round++) {
    loadAverages.push(loadavg()[0]);
    for (const { program, known, ...task } of tasks) {
      readThrough(task.modelPath);
      const { bytesPerSecond: bandwidth } = await runProcess('bandwidthProcess.mjs', { addon, threads });
      const run = { ...known, round, bandwidth, ...(await runProcess(program, task)) };
      runs.push(run);
      console.log(`round ${round}, ${known.engine}: ${run.decodeMsPerToken.toFixed(1)} ms/token`);
    }
  }
  return { runs, loadAverages };
}

function reportOf(options, runs, loadAverages, machine) {
  const bandwidths = runs.map(({ bandwidth }) => bandwidth);
  const reference = (runs.find(({ engine }) => engine === LLAMA) ?? runs[0]).engine;
  const { shape, threads, rounds, prefill, tokens, context } = options;
  return {
    command: ['node bench/peers/run.mjs', ...withoutFolders(process.argv.slice(2))].join(' '),
    machine,
    options: { shape, threads, rounds, prefill, tokens, context },
    loadAverages,
    readBandwidthBytesPerSecond: median(bandwidths),
    readBandwidthRange: [Math.min(...bandwidths), Math.max(...bandwidths)],
    reference,
    engines: summarizeEngines(runs, reference),
    quoted: QUOTED,
    runs,
  };
}

/** The command as anybody would type it: where this machine keeps its files is nobody's concern. */
function withoutFolders(args) {
  const isFolder = (argument) => /^--(models|out)(=|$)/.test(argument ?? '');
  return args.filter((argument, i) => !isFolder(argument) && !(isFolder(args[i - 1]) && !args[i - 1].includes('=')));
}

function writeReport(report, { out, shape }) {
  const name = out ?? path.join(root, 'bench', 'results', `peers-${shape}`);
  const page = `${resultPage(report)}\n`;
  writeFileSync(`${name}.json`, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(`${name}.md`, page);
  console.log(`\n${page}`);
}
