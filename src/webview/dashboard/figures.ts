/**
 * How numbers are written: times, sizes, shares, counts, ratios, each with its unit.
 * Pure; a figure that was not measured never gets here.
 */

/** Keeps a number and its unit on one line. */
const SPACE = '\u00a0';

const withDecimals = (digits: number): Intl.NumberFormat =>
  new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const formats = { 0: withDecimals(0), 1: withDecimals(1), 2: withDecimals(2) } as const;

/** Always three, so that a figure keeps its width while it changes. */
function threeDigits(value: number): string {
  return withDigits(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

function withDigits(value: number, digits: 0 | 1 | 2): string {
  return formats[digits].format(value);
}

/** Whole milliseconds from 10 on, seconds from 10,000 on. */
export function formatMs(ms: number): string {
  if (ms >= 10_000) return `${withDigits(ms / 1000, 1)}${SPACE}s`;
  return `${ms >= 9.95 || ms === 0 ? withDigits(ms, 0) : withDigits(ms, ms >= 0.995 ? 1 : 2)}${SPACE}ms`;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units: 1 MB = 1,000,000 bytes. */
export function formatBytes(bytes: number): string {
  const step = Math.max(
    0,
    BYTE_UNITS.findLastIndex((_, exponent) => bytes >= 0.9995 * 1000 ** exponent),
  );
  return `${step === 0 ? withDigits(bytes, 0) : threeDigits(bytes / 1000 ** step)}${SPACE}${BYTE_UNITS[step] ?? ''}`;
}

/** One decimal below 10 %; what is little is not written as nothing, and what is almost all not as all. */
export function formatShare(share: number): string {
  const percent = Math.min(100, share * 100);
  if (percent > 0 && percent < 0.05) return `<${SPACE}0.1${SPACE}%`;
  if (percent < 100 && percent >= 99.95) return `>${SPACE}99.9${SPACE}%`;
  const digits = percent === 0 || percent === 100 || (percent >= 9.95 && percent < 99) ? 0 : 1;
  return `${withDigits(percent, digits)}${SPACE}%`;
}

export function formatCount(count: number): string {
  return withDigits(count, 0);
}

/** 105,000,000 → "105 M". */
export function formatLargeCount(count: number): string {
  if (count >= 999.5e6) return `${withDigits(count / 1e9, count < 9.95e9 ? 1 : 0)}${SPACE}B`;
  if (count >= 999.5e3) return `${withDigits(count / 1e6, count < 9.95e6 ? 1 : 0)}${SPACE}M`;
  return formatCount(count);
}

export function formatRatio(ratio: number): string {
  return `${withDigits(ratio, ratio < 9.95 ? 1 : 0)}×`;
}

/** The number alone, where the unit stands in the label. */
export function formatPerSecond(perSecond: number): string {
  return withDigits(perSecond, perSecond < 99.95 ? 1 : 0);
}

/** A figure that was not measured stays undefined: whoever shows it says so. */
export function written(figure: number | undefined, format: (figure: number) => string): string | undefined {
  return figure === undefined ? undefined : format(figure);
}
