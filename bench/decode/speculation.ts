/**
 * What prompt lookup wins: decode time with and without it, at places in this repository's sources and in repetitive code.
 * Limits are interleaved at every place, and the output of each is compared with that of plain decoding.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { median } from '../../src/cli/benchSummary';
import { addonPathOf, bundledModelPath } from '../../src/model/modelLocator';
import { FFN_MODES, GREEDY, type FfnMode, type GenerateResult } from '../../src/protocol/engineProtocol';
import { NativeBackend } from '../../src/worker/backends/native';
import { loadNativeBinding } from '../../src/worker/nativeBinding';
import { speculationPlaces, type Place } from './speculationPlaces';

const LIMITS = [0, 4, 8, 15];
const MAX_TOKENS = 64;
const STOP = { strings: [], tokens: ['<|endoftext|>', '<|file_sep|>'] };

interface Row {
  readonly kind: Place['kind'];
  readonly mode: FfnMode;
  readonly maxDraftTokens: number;
  generated: number;
  drafted: number;
  accepted: number;
  /** Sum over the places of the median over the rounds. */
  decodeMs: number;
}

type Ask = (place: Place, mode: FfnMode, maxDraftTokens: number) => Promise<GenerateResult>;

async function measurePlace(place: Place, mode: FfnMode, rounds: number, ask: Ask): Promise<Map<number, Row>> {
  const rows = new Map<number, Row>();
  const times = new Map<number, number[]>(LIMITS.map((limit) => [limit, []]));
  const plain = await ask(place, mode, 0); // also fills the cache with the prompt
  for (let round = 0; round < rounds; round++) {
    for (const maxDraftTokens of LIMITS) {
      const { tokens, timings } = await ask(place, mode, maxDraftTokens);
      if (JSON.stringify(tokens) !== JSON.stringify(plain.tokens)) {
        throw new Error(`${place.kind}, ${mode}: ${maxDraftTokens} guessed tokens changed the output`);
      }
      times.get(maxDraftTokens)?.push(timings.decodeMs);
      const { generatedTokens: generated, draftedTokens: drafted, acceptedTokens: accepted } = timings;
      rows.set(maxDraftTokens, { kind: place.kind, mode, maxDraftTokens, generated, drafted, accepted, decodeMs: 0 });
    }
  }
  for (const [limit, row] of rows) {
    row.decodeMs = median(times.get(limit) ?? []);
  }
  return rows;
}

function add(total: Map<string, Row>, row: Row): void {
  const key = `${row.kind}|${row.mode}|${row.maxDraftTokens}`;
  const sum = total.get(key) ?? { ...row, generated: 0, drafted: 0, accepted: 0, decodeMs: 0 };
  sum.generated += row.generated;
  sum.drafted += row.drafted;
  sum.accepted += row.accepted;
  sum.decodeMs += row.decodeMs;
  total.set(key, sum);
}

async function measure(root: string, rounds: number, threads: number): Promise<Row[]> {
  const backend = new NativeBackend(
    () => loadNativeBinding(addonPathOf(root)),
    () => performance.now(),
  );
  await backend.loadModel({ modelPath: await bundledModelPath(root), threads, contextLength: 0 });
  const ask: Ask = ({ prompt }, mode, maxDraftTokens) =>
    backend.generate(
      {
        requestId: 'bench',
        priority: 'completion',
        prompt,
        maxTokens: MAX_TOKENS,
        maxPromptTokens: 0,
        sampling: GREEDY,
        stop: STOP,
        mode,
        maxDraftTokens,
      },
      () => undefined,
      new AbortController().signal,
    );
  const total = new Map<string, Row>();
  for (const place of speculationPlaces(root)) {
    for (const mode of FFN_MODES) {
      for (const row of (await measurePlace(place, mode, rounds, ask)).values()) {
        add(total, row);
      }
    }
  }
  await backend.dispose();
  return [...total.values()].sort((a, b) => a.kind.localeCompare(b.kind) || a.mode.localeCompare(b.mode));
}

function markdown(rows: readonly Row[], command: string, rounds: number): string {
  const plainMs = (row: Row): number =>
    rows.find(({ kind, mode, maxDraftTokens }) => kind === row.kind && mode === row.mode && maxDraftTokens === 0)?.decodeMs ?? Number.NaN;
  const lines = rows.map((row) => {
    const { kind, mode, maxDraftTokens, generated, drafted, accepted, decodeMs } = row;
    const rate = ((generated * 1000) / decodeMs).toFixed(0);
    const share = drafted === 0 ? '–' : `${((accepted * 100) / drafted).toFixed(0)} %`;
    return `| ${kind} | ${mode} | ${maxDraftTokens} | ${generated} | ${drafted} | ${share} | ${rate} | ${(plainMs(row) / decodeMs).toFixed(2)} × |`;
  });
  return `# Prompt lookup on bamboo-nano

\`${command}\`, ${cpus()[0]?.model ?? 'unknown'}: greedy, at most ${MAX_TOKENS} tokens, the median of ${rounds} rounds at each place, limits interleaved; the output of every run was compared with plain decoding's.
The ratio is the decode time without guesses over the time with them.

| prompts | mode | draft limit | tokens | guessed | right | tok/s | ratio |
| --- | --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}
`;
}

const [root = '.', rounds = '5', threads = '2'] = process.argv.slice(2);
const command = ['node bench/decode/speculation.mjs', ...process.argv.slice(3)].join(' ');
void measure(root, Number(rounds), Number(threads)).then((rows) => {
  const results = path.join(root, 'bench/results/speculation');
  writeFileSync(
    `${results}.json`,
    `${JSON.stringify({ command, cpu: cpus()[0]?.model, rounds: Number(rounds), threads: Number(threads), rows }, null, 2)}\n`,
  );
  writeFileSync(`${results}.md`, markdown(rows, command, Number(rounds)));
  console.log(markdown(rows, command, Number(rounds)));
});
