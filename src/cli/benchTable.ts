/**
 * What `bamboo bench` prints for a person: what was measured in a few lines, then one row per mode. Pure.
 */
import type { BenchReport, ModeSummary } from './benchSummary';

type Column = readonly [head: string, cell: (mode: ModeSummary) => string];

const RATE_COLUMNS: readonly Column[] = [
  ['decode tok/s', (mode) => mode.decodeTokensPerSecond.toFixed(1)],
  ['prefill tok/s', (mode) => mode.prefillTokensPerSecond.toFixed(0)],
  ['MB/token', (mode) => (mode.bytesPerToken / 1e6).toFixed(1)],
  ['of bandwidth', (mode) => percent(mode.bandwidthShare)],
  ['predicted', (mode) => percent(mode.predictedShare)],
  ['active', (mode) => percent(mode.activeShare)],
];

const FIRST_TOKEN_COLUMNS: readonly Column[] = [
  ['first token cold ms', (mode) => mode.firstTokenColdMs?.toFixed(1) ?? ''],
  ['warm ms', (mode) => mode.firstTokenWarmMs?.toFixed(1) ?? ''],
];

export function benchTable(report: BenchReport): string {
  const withFirstToken = report.firstTokenPromptTokens > 0;
  const columns = withFirstToken ? [...RATE_COLUMNS, ...FIRST_TOKEN_COLUMNS] : RATE_COLUMNS;
  const rows = Object.values(report.modes).map((summary) => [summary.mode, ...columns.map(([, cell]) => cell(summary))]);
  return [
    `${report.model}: ${report.isa}, ${report.threads} threads, ${megabytes(report.fileBytes)} MB, loaded in ${report.loadMs.toFixed(0)} ms`,
    `prompt of ${report.promptTokens} tokens (${report.promptKind}), ${report.tokens} decoded; medians of ${report.repeat} interleaved runs`,
    ...(withFirstToken ? [`first token of a prompt of ${report.firstTokenPromptTokens} tokens, cold and with its prefix cached`] : []),
    `read bandwidth ${(report.readBandwidthBytesPerSecond / 1e9).toFixed(1)} GB/s; a dense token reads ${megabytes(report.denseBytesPerToken)} MB of weights`,
    '',
    ...aligned([['mode', ...columns.map(([head]) => head)], ...rows]),
  ].join('\n');
}

/** Names to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '));
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
