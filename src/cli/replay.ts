/**
 * `bamboo replay`: types sessions as a person does, against a real worker and through the provider's own pipeline, and measures what they would see.
 */
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { REAL_TIMERS } from '../engine/timers';
import { addonPathOf, bundledModelPath } from '../model/modelLocator';
import { MODE_CHOICES } from '../protocol/engineProtocol';
import type { Arguments } from './arguments';
import { EXIT, type CliIo, type Command } from './command';
import { MAX_THREADS, seedOf } from './modelSession';
import { writeBytes } from './outputFile';
import { ACCEPT_POLICIES, MIN_ACCEPTED_KEYS } from './replay/acceptance';
import { EDITOR_WAIT_MS, NOTICE_MS } from './replay/keySchedule';
import { askInColdFiles, replaySessions, typingMs, type ColdFigures, type Typing } from './replay/replayReport';
import { replayJson, replayMarkdown, replayTable, type ReplayReport } from './replay/replayOutput';
import { withWorkers, type ReplayWorker } from './replay/replayWorkers';
import { evenlySpread, readSessions } from './replay/readSessions';
import type { TypingSession } from './replay/typingSession';

const DEFAULT_SESSIONS = path.join('bench', 'completion', 'sessions');
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

export const replayCommand: Command = {
  name: 'replay',
  summary: 'type sessions against the worker and measure completion as the editor gets it, without context of other files',
  help: `Usage: bamboo replay [--sessions PATH] [--mode MODE]... [--limit N] [--speed N]

  --sessions PATH   folder of .jsonl files, or one: sessions (path, before, typed, after), or texts (path, text)
                    of which one part each is typed (default ${DEFAULT_SESSIONS})
  --limit N         sessions to type, evenly spread over all (default: all)
  --mode MODE       auto, exact, dense, predicted, or all that differ on the model; may be repeated (default auto)
  --speed N         types N times as fast and shortens the editor's wait as much, so the engine has less time (default 1)
  --accept POLICY   whole: only suggestions that are wholly right; line: right first lines too; word: right first words too
                    (default line); at least ${MIN_ACCEPTED_KEYS} keys, after ${NOTICE_MS} ms on the screen
  --seed N          seed of the pauses between keys (default 0)
  --model FILE      GGUF file (default: the bundled model)
  --threads N       compute threads, 0 = physical cores (default 0)
  --save NAME       also write NAME.json and NAME.md
  --json            one JSON object instead of text; with several modes the figures are in "modes"

Every key asks ${EDITOR_WAIT_MS} ms later unless another key came first, and cancels the call before it, as in VS Code.
bench/README.md says what each figure counts.`,
  options: {
    sessions: { type: 'string' },
    limit: { type: 'string' },
    mode: { type: 'string', multiple: true },
    speed: { type: 'string' },
    accept: { type: 'string' },
    seed: { type: 'string' },
    model: { type: 'string' },
    threads: { type: 'string' },
    save: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run(args, io) {
    const typing: Typing = {
      seed: seedOf(args),
      speed: args.number('speed', { min: 0.1, max: 100, fallback: 1 }),
      accept: args.choice('accept', ACCEPT_POLICIES, 'line'),
    };
    const choices = args.choices('mode', [...MODE_CHOICES, 'all'], ['auto']);
    const threads = args.integer('threads', { min: 0, max: MAX_THREADS, fallback: 0 });
    const limit = args.integer('limit', { min: 1, max: NO_LIMIT, fallback: NO_LIMIT });
    const sessions = evenlySpread(await readSessions(args.text('sessions') ?? path.join(io.packageRoot, DEFAULT_SESSIONS)), limit);
    const modelPath = args.text('model') ?? (await bundledModelPath(io.packageRoot));
    const workerPath = path.join(io.packageRoot, 'dist', 'worker.js');
    const options = { workerPath, addonPath: addonPathOf(io.packageRoot), modelPath, threads, warn: io.warn };
    const cold = await withWorkers(choices, options, (workers) => askInColdFiles(sessions, workers, REAL_TIMERS));
    const report = await withWorkers(choices, options, (workers) => measure(sessions, workers, cold, typing, io));
    await save(report, args);
    io.print(args.flag('json') ? JSON.stringify(replayJson(report)) : replayTable(report));
    return EXIT.done;
  },
};

async function measure(
  sessions: readonly TypingSession[],
  workers: readonly ReplayWorker[],
  cold: readonly ColdFigures[],
  typing: Typing,
  io: CliIo,
): Promise<ReplayReport> {
  const minutes = (typingMs(sessions, typing) * workers.length) / 60_000;
  io.warn(`${sessions.length} sessions in ${workers.length} modes: about ${Math.ceil(minutes)} minutes of typing`);
  const loadBefore = loadavg()[0] ?? 0;
  const figures = await replaySessions(sessions, workers, {
    timers: REAL_TIMERS,
    typing,
    onSession: (session, index) => io.warn(`${index + 1} of ${sessions.length}: ${session.id}`),
  });
  const model = workers[0]?.model;
  return {
    command: ['bamboo', ...process.argv.slice(2)].join(' '),
    model: model?.name ?? 'unknown',
    isa: model?.isa ?? 'unknown',
    threads: model?.threads ?? 0,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    loadBefore,
    loadAfter: loadavg()[0] ?? 0,
    sessions: sessions.length,
    ...typing,
    modes: Object.fromEntries(figures.map((mode, index) => [mode.mode, { ...mode, ...cold[index] }])),
  };
}

async function save(report: ReplayReport, args: Arguments): Promise<void> {
  const name = args.text('save');
  if (name === undefined) return;
  await writeBytes(`${name}.json`, Buffer.from(`${JSON.stringify(replayJson(report), undefined, 2)}\n`));
  await writeBytes(`${name}.md`, Buffer.from(replayMarkdown(report)));
}
