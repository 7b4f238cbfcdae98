/**
 * Layers by tokens as a picture: one cell a share, newest token on the right, on one canvas that is kept.
 * The canvas has one pixel a cell and is enlarged by whole CSS pixels, so cells have sharp edges on every screen.
 */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { DashboardStrip } from '../../protocol/dashboard';
import { Chart } from './chart';
import { useDashboard } from './dashboardContext';
import { formatCount, formatShare } from './figures';
import { useWidth } from './plot';
import { layerShares, scaleEnd, stripCells, type StripCells, type StripPart } from './stripCells';
import { css, mix, useTheme, type ThemeColors } from './themeColors';
import { cellSentence, stripSentence, WORDS } from './words';

const CELL_WIDTH_PX = 4;
const HEIGHT_PX = 160;
const CELL_HEIGHT_PX = 10;

const PART_WORDS: Readonly<Record<StripPart, string>> = { computed: WORDS.stripComputed, active: WORDS.stripActive };

interface HeatStripProps {
  readonly strip: DashboardStrip;
  /** Shown until the user chooses. */
  readonly firstPart: StripPart;
  /** From shadow checks, for the table. */
  readonly massRecall: readonly number[] | undefined;
}

export function HeatStrip({ strip, firstPart, massRecall }: HeatStripProps) {
  const { memory, remember } = useDashboard();
  const part = memory.strip ?? firstPart;
  const cells = useMemo(() => stripCells(strip, part), [strip, part]);
  const shares = layerShares(cells);
  const end = scaleEnd(cells);
  const mean = shares.reduce((sum, layer) => sum + layer.mean, 0) / Math.max(1, shares.length);
  const control = (
    <select
      class="chart-select"
      aria-label={WORDS.stripLegend}
      value={part}
      onChange={(event) => remember({ strip: event.currentTarget.value === 'active' ? 'active' : 'computed' })}
    >
      <option value="computed">{WORDS.stripComputed}</option>
      <option value="active">{WORDS.stripActive}</option>
    </select>
  );
  const table = {
    columns: [WORDS.layer, WORDS.mean, WORDS.newest, ...(massRecall ? [WORDS.massRecall] : [])],
    rows: shares.map((layer, index) => [
      formatCount(index + 1),
      formatShare(layer.mean),
      formatShare(layer.newest),
      ...(massRecall ? [formatShare(massRecall[index] ?? 0)] : []),
    ]),
  };
  return (
    <Chart id="strip" title={WORDS.strip} table={table} control={control}>
      <StripCanvas cells={cells} end={end} sentence={(drawn) => stripSentence(PART_WORDS[part], cells.steps, drawn, formatShare(mean))} />
      <div class="strip-legend">
        <span>{formatShare(0)}</span>
        <StripScale />
        <span>{formatShare(end)}</span>
      </div>
    </Chart>
  );
}

function StripScale() {
  const { coldest, hottest } = useTheme();
  return (
    <span class="strip-scale" aria-hidden="true" style={{ background: `linear-gradient(to right, ${css(coldest)}, ${css(hottest)})` }} />
  );
}

interface StripCanvasProps {
  readonly cells: StripCells;
  readonly end: number;
  /** `drawn`: for how many tokens there is room. */
  readonly sentence: (drawn: number) => string;
}

function StripCanvas({ cells, end, sentence }: StripCanvasProps) {
  const place = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(place);
  const theme = useTheme();
  const [pointed, setPointed] = useState<{ readonly layer: number; readonly column: number }>();
  const columns = Math.max(1, Math.floor(width / CELL_WIDTH_PX));
  const label = sentence(Math.min(columns, cells.steps));
  const cellHeight = Math.max(1, Math.min(CELL_HEIGHT_PX, Math.floor(HEIGHT_PX / Math.max(1, cells.layers))));
  useEffect(() => {
    if (canvas.current !== null && width > 0) drawCells(canvas.current, cells, columns, end, theme);
  }, [cells, columns, end, theme, width]);
  const point = (event: PointerEvent): void => {
    const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    setPointed({
      layer: Math.floor((event.clientY - top) / cellHeight),
      column: Math.floor((event.clientX - left) / CELL_WIDTH_PX),
    });
  };
  return (
    <div ref={place} class="strip">
      <span class="strip-side">{WORDS.firstLayer}</span>
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        style={{ width: `${columns * CELL_WIDTH_PX}px`, height: `${cellHeight * Math.max(1, cells.layers)}px` }}
        onPointerMove={point}
        onPointerLeave={() => setPointed(undefined)}
      />
      <span class="strip-side">
        {WORDS.lastLayer}
        <span>
          {WORDS.older} → {WORDS.newer}
        </span>
      </span>
      <p class="readout">{pointedSentence(cells, columns, pointed) ?? label}</p>
    </div>
  );
}

function pointedSentence(cells: StripCells, columns: number, pointed: { readonly layer: number; readonly column: number } | undefined) {
  if (pointed === undefined) return undefined;
  const tokensAgo = columns - 1 - pointed.column;
  const step = cells.steps - 1 - tokensAgo;
  const share = step < 0 || pointed.layer >= cells.layers ? undefined : cells.cells[step * cells.layers + pointed.layer];
  return share === undefined ? undefined : cellSentence(pointed.layer + 1, tokensAgo, formatShare(share / 255));
}

/** Where no token was yet the canvas stays clear. */
function drawCells(canvas: HTMLCanvasElement, cells: StripCells, columns: number, end: number, theme: ThemeColors): void {
  const { layers, steps } = cells;
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== Math.max(1, layers)) canvas.height = Math.max(1, layers);
  const context = canvas.getContext('2d');
  if (context === null || layers === 0) return;
  const picture = context.createImageData(columns, layers);
  const first = Math.max(0, steps - columns);
  for (let step = first; step < steps; step++) {
    const column = columns - steps + step;
    for (let layer = 0; layer < layers; layer++) {
      const share = (cells.cells[step * layers + layer] ?? 0) / 255;
      const [red, green, blue] = mix(theme.coldest, theme.hottest, Math.min(1, share / end));
      picture.data.set([red, green, blue, 255], 4 * (layer * columns + column));
    }
  }
  context.putImageData(picture, 0, 0);
}
