/**
 * The theme's colours for what is drawn on a canvas, where style sheets do not reach, and when they change.
 * Reads VS Code's variables; the plain colours beside them serve only where a variable is missing.
 */
import { useEffect, useState } from 'preact/hooks';

/** Red, green, blue, 0..255. */
export type Rgb = readonly [number, number, number];

export interface ThemeColors {
  readonly foreground: string;
  readonly muted: string;
  readonly lines: string;
  /** In the order of the style sheet's --part-1 … --part-5. */
  readonly parts: readonly string[];
  /** The ends of the heat strip's scale. */
  readonly coldest: Rgb;
  readonly hottest: Rgb;
  readonly font: string;
}

export function readTheme(): ThemeColors {
  const styles = getComputedStyle(document.documentElement);
  const value = (name: string, otherwise: string): string => styles.getPropertyValue(`--vscode-${name}`).trim() || otherwise;
  const foreground = value('foreground', '#808080');
  const background = toRgb(value('sideBar-background', value('editor-background', '#808080')), [128, 128, 128]);
  const ink = toRgb(foreground, background);
  return {
    foreground,
    muted: value('descriptionForeground', foreground),
    lines: css(mix(background, ink, 0.16)),
    parts: ['charts-blue', 'charts-green', 'charts-purple', 'charts-orange', 'charts-yellow'].map((name) => value(name, foreground)),
    coldest: mix(background, ink, 0.06),
    hottest: toRgb(value('charts-green', foreground), background),
    font: `11px ${value('font-family', 'sans-serif')}`,
  };
}

/** Read again when VS Code changes the theme: it rewrites the variables and the classes of the page. */
export function useTheme(): ThemeColors {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => {
    const observer = new MutationObserver(() => setTheme(readTheme()));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
    observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    return () => observer.disconnect();
  }, []);
  return theme;
}

/** #rgb, #rrggbb, #rrggbbaa, rgb() and rgba(), the forms of VS Code's variables, laid over `under`. */
export function toRgb(color: string, under: Rgb): Rgb {
  const hex = /^#([0-9a-f]{3,8})$/i.exec(color)?.[1];
  const numbers = /^rgba?\(([^)]*)\)$/i
    .exec(color)?.[1]
    ?.split(/[\s,/]+/)
    .map(Number);
  const [red, green, blue, alpha = 1] = hex === undefined ? (numbers ?? []) : hexNumbers(hex);
  if (red === undefined || green === undefined || blue === undefined) return under;
  return mix(under, [red, green, blue], alpha);
}

export function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const part = (index: 0 | 1 | 2): number => Math.round(from[index] + (to[index] - from[index]) * share);
  return [part(0), part(1), part(2)];
}

export function css([red, green, blue]: Rgb): string {
  return `rgb(${red}, ${green}, ${blue})`;
}

function hexNumbers(hex: string): readonly number[] {
  const digits = (hex.match(hex.length < 6 ? /./g : /../g) ?? []).map((digits) => (digits.length === 1 ? digits + digits : digits));
  const [red = 0, green = 0, blue = 0, alpha = 255] = digits.map((pair) => Number.parseInt(pair, 16));
  return [red, green, blue, alpha / 255];
}
