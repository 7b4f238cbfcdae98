/**
 * One uPlot drawing inside the page: made when its place has a width, given new data, resized, and destroyed with the component.
 * What is drawn is the caller's; a change of the theme draws it anew.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RefObject } from 'preact';
import uPlot from 'uplot';
import { useTheme, type ThemeColors } from './themeColors';

export type PlotOptions = Omit<uPlot.Options, 'width' | 'height'>;

interface PlotProps {
  /** Must not change from drawing to drawing: a function of a module. */
  readonly options: (theme: ThemeColors) => PlotOptions;
  readonly data: uPlot.AlignedData;
  readonly heightPx: number;
  readonly label: string;
  /** The data index under the pointer. */
  readonly onPoint?: (index: number | undefined) => void;
}

export function Plot({ options, data, heightPx, label, onPoint }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const newest = useRef({ data, onPoint });
  newest.current = { data, onPoint };
  const theme = useTheme();
  const width = useWidth(place);
  const hasWidth = width > 0;

  useEffect(() => {
    if (!hasWidth || place.current === null) return undefined;
    const setCursor = (drawn: uPlot): void => newest.current.onPoint?.(drawn.cursor.idx ?? undefined);
    const drawn = new uPlot(
      { ...options(theme), width: place.current.clientWidth, height: heightPx, hooks: { setCursor: [setCursor] } },
      newest.current.data,
      place.current,
    );
    plot.current = drawn;
    return () => {
      drawn.destroy();
      plot.current = undefined;
    };
  }, [hasWidth, theme, options, heightPx]);
  useEffect(() => plot.current?.setData(data), [data]);
  useEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height: heightPx });
  }, [width, heightPx]);

  return <div ref={place} class="plot" style={{ height: `${heightPx}px` }} role="img" aria-label={label} />;
}

/** Of the element inside, in CSS pixels; 0 before it is laid out. */
export function useWidth(place: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [place]);
  return width;
}
