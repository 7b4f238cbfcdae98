/**
 * What a replay prints and saves: for people a row for each figure and a column for each mode, for scripts one object. Pure.
 */
import type { AcceptPolicy } from './acceptance';
import type { ColdFigures, ModeFigures } from './replayReport';

export type ModeReport = ModeFigures & Partial<ColdFigures>;

export interface ReplayReport {
  readonly command: string;
  readonly model: string;
  readonly isa: string;
  readonly threads: number;
  readonly cpu: string;
  readonly cores: number;
  /** Over the minute before the replay began and ended; other work on the machine shows here. */
  readonly loadBefore: number;
  readonly loadAfter: number;
  readonly sessions: number;
  readonly speed: number;
  readonly seed: number;
  readonly accept: AcceptPolicy;
  readonly modes: Readonly<Record<string, ModeReport>>;
}

type Row = readonly [name: string, cell: (figures: ModeReport) => string];

const ROWS: readonly Row[] = [
  ['call to item, p50 / p95 / p99 ms', (f) => `${ms(f.p50Ms)} / ${ms(f.p95Ms)} / ${ms(f.p99Ms)} (n ${f.latencyCalls})`],
  ['joined a running request, p50 / p95 ms', (f) => `${ms(f.inFlightP50Ms)} / ${ms(f.inFlightP95Ms)} (n ${f.inFlightCalls})`],
  [
    'first call in a file, p50 / p95 ms',
    (f) => `${ms(f.coldP50Ms)} / ${ms(f.coldP95Ms)} (n ${ms(f.coldCalls)}, ${ms(f.coldPromptTokens)} tokens)`,
  ],
  ['first answer while typing, p50 / p95 ms', (f) => `${ms(f.firstAnswerP50Ms)} / ${ms(f.firstAnswerP95Ms)} (n ${f.firstAnswerFiles})`],
  ['silent answer, p50 ms', (f) => `${ms(f.silentP50Ms)} (n ${f.calls.silent})`],
  ['items without a request of their own', (f) => percent(f.cacheShare)],
  ['served inside an accepted suggestion', (f) => `${percent(f.servedInsideAccepted)} (n ${f.callsInsideAccepted})`],
  ['calls answered with an item', (f) => `${percent(f.shownRate)} (n ${f.calls.all})`],
  ['exact rest of the line', (f) => `${percent(f.exactMatch)} ${interval(f.exactMatchInterval95)} (n ${f.linesWithSuggestion})`],
  ['wholly right', (f) => `${percent(f.rightShare)} ${interval(f.rightShareInterval95)} (n ${f.suggestions})`],
  [
    'completed code',
    (f) => `${percent(f.completedCodeRatio)} ${interval(f.completedCodeRatioInterval95)} (n ${f.keys.typed + f.keys.saved})`,
  ],
  ['accepted whole / in part', (f) => `${f.accepted.whole} / ${f.accepted.partial}`],
  ['prompt tokens reused / recomputed', (f) => `${f.tokens.reused} / ${f.tokens.recomputed}`],
  ['tokens generated', (f) => String(f.tokens.generated)],
  ['requests finished / cancelled', (f) => `${f.requests.finished} / ${f.requests.cancelled}`],
  ['calls superseded / keys without a call', (f) => `${f.calls.superseded} / ${f.keys.withoutCall}`],
  [
    'silent',
    (f) =>
      Object.entries(f.silent)
        .map(([reason, n]) => `${reason} ${n}`)
        .join(', ') || 'never',
  ],
];

/** One mode's figures stand beside the run's own fields, where scripts look for them. */
export function replayJson({ modes, ...run }: ReplayReport): object {
  const [only, second] = Object.values(modes);
  return second === undefined ? { ...run, ...only } : { ...run, modes };
}

export function replayTable(report: ReplayReport): string {
  const modes = Object.values(report.modes);
  const rows = [['', ...modes.map(({ mode }) => mode)], ...ROWS.map(([name, cell]) => [name, ...modes.map(cell)])];
  return [...headOf(report), '', ...aligned(rows)].join('\n');
}

export function replayMarkdown(report: ReplayReport): string {
  const modes = Object.values(report.modes);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const table = [
    line(['', ...modes.map(({ mode }) => mode)]),
    line(['---', ...modes.map(() => '---')]),
    ...ROWS.map(([name, cell]) => line([name, ...modes.map(cell)])),
  ];
  const words = headOf(report).map((sentence) => `${sentence}\n`);
  return `# Typing sessions replayed\n\n${words.join('')}\`${report.command}\`\n\n${table.join('\n')}\n\nbench/README.md says what each row counts.\n`;
}

function headOf(report: ReplayReport): string[] {
  return [
    `${report.sessions} sessions, ${report.model} on ${report.threads} threads (${report.isa}), ${report.cores} cores (${report.cpu}).`,
    `Speed ${report.speed}, seed ${report.seed}, accepting: ${report.accept}; load ${report.loadBefore.toFixed(2)} before, ${report.loadAfter.toFixed(2)} after.`,
  ];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Also of other numbers that need no decimals. */
const ms = (value: number | null | undefined): string => value?.toFixed(0) ?? 'none';
const percent = (value: number | null): string => (value === null ? 'none' : `${(value * 100).toFixed(1)} %`);
const interval = (bounds: readonly [number, number] | null): string =>
  bounds === null ? '' : `[${(bounds[0] * 100).toFixed(1)}, ${(bounds[1] * 100).toFixed(1)}]`;
