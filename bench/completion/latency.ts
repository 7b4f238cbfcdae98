/**
 * Time from asking for a completion to its suggestion, through the real worker, as the provider asks:
 * at places in this repository's sources the rest of a line is typed character by character, and every keystroke asks.
 * Answers from the cache are counted apart: the percentiles are over calls that ran the model and returned a suggestion.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { GROWTH_LIMITS } from '../../src/completion/blockGrowth';
import { CompletionSession } from '../../src/completion/completionSession';
import { documentContextFromText } from '../../src/completion/documentContext';
import { createEngineClient } from '../../src/engine/engineClient';
import { MetricsStore } from '../../src/metrics/metricsStore';
import { addonPathOf, bundledModelPath } from '../../src/model/modelLocator';

const KEYSTROKES = 8;
const PLACES = 40;
const OPTIONS = {
  maxTokens: 64,
  multiline: 'auto',
  contextLength: 2048,
  promptForm: 'infilling',
  growthBudgetMs: GROWTH_LIMITS.budgetMs,
} as const;

interface Place {
  readonly file: string;
  readonly text: string;
  readonly offset: number;
}

/** Evenly spread over the files: the first non-blank character of a line of code that has enough left to type. */
function places(root: string): Place[] {
  const files = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort();
  const all = files.flatMap((name) => {
    const file = path.join('src', name);
    const text = readFileSync(path.join(root, file), 'utf8');
    const lines = [...text.matchAll(/^[ \t]*(?=[A-Za-z][^\n]{24,}$)/gm)];
    return lines.filter((_, index) => index % 20 === 10).map((match) => ({ file, text, offset: match.index + match[0].length }));
  });
  const step = Math.max(1, Math.floor(all.length / PLACES));
  return all.filter((_, index) => index % step === 0).slice(0, PLACES);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

async function measure(root: string): Promise<Record<string, number | string>> {
  const client = createEngineClient({
    workerPath: path.join(root, 'dist/worker.js'),
    addonPath: addonPathOf(root),
    modelPath: await bundledModelPath(root),
    threads: 0,
    contextLength: 0,
    log: (level, message) => {
      if (level === 'error') console.error(message);
    },
  });
  await client.start();
  const now = () => performance.now();
  const schedule = (delayMs: number, task: () => void) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  };
  const generate = client.generate.bind(client);
  const cold: number[] = [];
  const warm: number[] = [];
  const silent: number[] = [];
  let cached = 0;
  for (const place of places(root)) {
    const session = new CompletionSession({ generate, metrics: new MetricsStore(), now, schedule });
    const lineEnd = place.text.indexOf('\n', place.offset);
    const rest = place.text.slice(lineEnd);
    for (let typed = 0; typed <= KEYSTROKES; typed++) {
      const cursor = place.offset + typed;
      const context = documentContextFromText(place.text.slice(0, cursor) + rest, cursor, place.file, 'typescript');
      const start = now();
      const outcome = await session.suggest(context, OPTIONS, new AbortController().signal);
      const elapsed = now() - start;
      if (typed === 0) cold.push(elapsed);
      else if (outcome.kind === 'none') silent.push(elapsed);
      else if (outcome.source === 'model') warm.push(elapsed);
      else cached += 1;
    }
  }
  await client.dispose();
  return {
    command: 'node bench/completion/run.mjs',
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    warmCallsThatRanTheModel: warm.length,
    warmP50Ms: percentile(warm, 0.5),
    warmP95Ms: percentile(warm, 0.95),
    firstCallAtAPlaceP50Ms: percentile(cold, 0.5),
    firstCallAtAPlaceP95Ms: percentile(cold, 0.95),
    silentCalls: silent.length,
    silentP50Ms: percentile(silent, 0.5),
    answeredFromCache: cached,
  };
}

const root = process.argv[2] ?? '.';
void measure(root).then((report) => {
  writeFileSync(path.join(root, 'bench/results/latency.json'), `${JSON.stringify(report, null, 2)}\n`);
  console.log(report);
});
