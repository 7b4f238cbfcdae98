/**
 * The last requests as bars, drawn by uPlot: each one's time in its parts, and its tokens a second in sparse and in dense.
 * Newest on the right, in as many places as are kept, so that nothing moves but the bars.
 */
import { useMemo, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { LATENCY_BARS, type LatencyBar } from '../../protocol/dashboard';
import { Chart, type TableTwin } from './chart';
import { formatCount, formatMs, formatPerSecond } from './figures';
import { Plot, type PlotOptions } from './plot';
import { decodeTokensPerSecond } from './savings';
import type { ThemeColors } from './themeColors';
import { MODE_WORDS, requestSentence, WORDS } from './words';

/** In the order in which the time passes; the numbers are those of the style sheet's colours. */
export const LATENCY_PARTS = [
  { label: WORDS.queue, field: 'queueMs', part: 5 },
  { label: WORDS.prefill, field: 'prefillMs', part: 1 },
  { label: WORDS.decode, field: 'decodeMs', part: 2 },
  { label: WORDS.other, field: 'otherMs', part: 3 },
] as const;

const HEIGHT_PX = 96;
const SPEED_HEIGHT_PX = 64;

export function totalMs(bar: LatencyBar): number {
  return bar.queueMs + bar.prefillMs + bar.decodeMs + bar.otherMs;
}

export function RequestsChart({ recent }: { readonly recent: readonly LatencyBar[] }) {
  const [point, setPoint] = useState<number>();
  const data = useMemo(() => stackedData(recent), [recent]);
  const index = point !== undefined && point < recent.length ? point : recent.length - 1;
  const bar = recent[index];
  return (
    <Chart id="latency" title={WORDS.requestsChart} table={requestsTable(recent)}>
      <Plot options={stackedOptions} data={data} heightPx={HEIGHT_PX} label={WORDS.requestsChart} onPoint={setPoint} />
      {bar !== undefined && (
        <p class="readout">
          {requestSentence(index, recent.length)}: {formatMs(totalMs(bar))}
          {LATENCY_PARTS.map(({ label, field }) => ` · ${label.toLowerCase()} ${formatMs(bar[field])}`).join('')}
        </p>
      )}
    </Chart>
  );
}

export function SpeedChart({ recent }: { readonly recent: readonly LatencyBar[] }) {
  const [point, setPoint] = useState<number>();
  const data = useMemo(() => speedData(recent), [recent]);
  const index = point !== undefined && point < recent.length ? point : recent.length - 1;
  const bar = recent[index];
  const speed = bar && decodeTokensPerSecond(bar);
  const table: TableTwin = {
    columns: [WORDS.request, WORDS.mode, WORDS.decodeSpeed, WORDS.generated],
    rows: newestFirst(recent).map(({ bar: each, position }) => [
      requestSentence(position, recent.length),
      MODE_WORDS[each.mode],
      speedWords(decodeTokensPerSecond(each)),
      formatCount(each.generatedTokens),
    ]),
  };
  return (
    <Chart id="speed" title={WORDS.speedChart} table={table}>
      <Plot options={speedOptions} data={data} heightPx={SPEED_HEIGHT_PX} label={WORDS.speedChart} onPoint={setPoint} />
      <p class="readout">
        <span class="swatch part-2" aria-hidden="true" /> {WORDS.sparse} <span class="swatch swatch-hollow" aria-hidden="true" />{' '}
        {WORDS.dense}
        {bar !== undefined && ` · ${requestSentence(index, recent.length)}: ${speedWords(speed)}, ${MODE_WORDS[bar.mode].toLowerCase()}`}
      </p>
    </Chart>
  );
}

function speedWords(speed: number | undefined): string {
  return speed === undefined ? WORDS.notMeasured : formatPerSecond(speed);
}

function requestsTable(recent: readonly LatencyBar[]): TableTwin {
  return {
    columns: [
      WORDS.request,
      WORDS.mode,
      WORDS.total,
      ...LATENCY_PARTS.map(({ label }) => label),
      WORDS.reused,
      WORDS.computed,
      WORDS.generated,
    ],
    rows: newestFirst(recent).map(({ bar, position }) => [
      requestSentence(position, recent.length),
      MODE_WORDS[bar.mode],
      formatMs(totalMs(bar)),
      ...LATENCY_PARTS.map(({ field }) => formatMs(bar[field])),
      formatCount(bar.reusedTokens),
      formatCount(bar.computedTokens),
      formatCount(bar.generatedTokens),
    ]),
  };
}

function newestFirst(recent: readonly LatencyBar[]): readonly { readonly bar: LatencyBar; readonly position: number }[] {
  return recent.map((bar, position) => ({ bar, position })).reverse();
}

function places(recent: readonly LatencyBar[]): number[] {
  return recent.map((_, position) => LATENCY_BARS - recent.length + position);
}

/** Sums up to each part, the whole first: what is drawn later covers the lower end of it. */
function stackedData(recent: readonly LatencyBar[]): uPlot.AlignedData {
  const sums = LATENCY_PARTS.map((_, last) =>
    recent.map((bar) => LATENCY_PARTS.slice(0, last + 1).reduce((sum, { field }) => sum + bar[field], 0)),
  );
  return [places(recent), ...sums.reverse()];
}

function speedData(recent: readonly LatencyBar[]): uPlot.AlignedData {
  const of = (dense: boolean): (number | null)[] =>
    recent.map((bar) => ((bar.mode === 'dense') === dense ? (decodeTokensPerSecond(bar) ?? null) : null));
  return [places(recent), of(false), of(true)];
}

function stackedOptions(theme: ThemeColors): PlotOptions {
  const parts = [...LATENCY_PARTS].reverse();
  return barOptions(
    theme,
    parts.map(({ label, part }) => ({ label, fill: theme.parts[part - 1] ?? theme.foreground, width: 0 })),
  );
}

/** Dense bars are hollow: the two differ without colour too. */
function speedOptions(theme: ThemeColors): PlotOptions {
  return barOptions(theme, [
    { label: WORDS.sparse, fill: theme.parts[1] ?? theme.foreground, width: 0 },
    { label: WORDS.dense, stroke: theme.foreground, width: 1 },
  ]);
}

function barOptions(theme: ThemeColors, series: readonly uPlot.Series[]): PlotOptions {
  const bars = uPlot.paths.bars?.({ size: [0.75, 14] });
  return {
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    padding: [6, 0, 4, 0],
    scales: {
      x: { time: false, range: [-0.5, LATENCY_BARS - 0.5] },
      y: { range: (_, _least, most) => [0, most > 0 ? most * 1.05 : 1] },
    },
    axes: [
      { show: false },
      {
        size: 36,
        gap: 4,
        space: 24,
        stroke: theme.muted,
        font: theme.font,
        grid: { stroke: theme.lines, width: 1 },
        ticks: { show: false },
        values: (_, splits) => splits.map(String),
      },
    ],
    series: [{}, ...series.map((each) => ({ ...each, ...(bars && { paths: bars }), points: { show: false } }))],
  };
}
