import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatLargeCount,
  formatMs,
  formatPerSecond,
  formatRatio,
  formatShare,
  written,
} from '../../../src/webview/dashboard/figures';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('figures', () => {
  it.each([
    [0, '0 ms'],
    [0.21, '0.21 ms'],
    [1.94, '1.9 ms'],
    [9.94, '9.9 ms'],
    [9.96, '10 ms'],
    [48.3, '48 ms'],
    [1240, '1,240 ms'],
    [12_340, '12.3 s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(plain(formatMs(ms))).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [999.9, '1.00 kB'],
    [12_600_000, '12.6 MB'],
    [34_000_000, '34.0 MB'],
    [212_000_000, '212 MB'],
    [999_960_000, '1.00 GB'],
    [4_018_538_752, '4.02 GB'],
    [5e15, '5,000 TB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(plain(formatBytes(bytes))).toBe(text);
  });

  it.each([
    [0, '0 %'],
    [0.0001, '< 0.1 %'],
    [0.062, '6.2 %'],
    [0.0996, '10 %'],
    [0.382, '38 %'],
    [0.991, '99.1 %'],
    [0.9996, '> 99.9 %'],
    [1, '100 %'],
    [1 + 2 ** -52, '100 %'],
  ])('writes a share of %d as %s, never little as nothing nor almost all as all', (share, text) => {
    expect(plain(formatShare(share))).toBe(text);
  });

  it('writes counts, ratios and speeds', () => {
    expect(formatCount(84_120)).toBe('84,120');
    expect(plain(formatLargeCount(105_000_000))).toBe('105 M');
    expect(plain(formatLargeCount(7_600_000_000))).toBe('7.6 B');
    expect(plain(formatLargeCount(12_000))).toBe('12,000');
    expect([formatRatio(2.57), formatRatio(9.96), formatRatio(12.3)]).toEqual(['2.6×', '10×', '12×']);
    expect([formatPerSecond(6.44), formatPerSecond(104.3)]).toEqual(['6.4', '104']);
  });

  it('keeps a number and its unit on one line', () => {
    expect([formatMs(4), formatBytes(4), formatShare(0.04)].join('')).not.toContain(' ');
  });

  it('leaves out what was not measured, but not zero', () => {
    expect(written(undefined, formatMs)).toBeUndefined();
    expect(plain(written(0, formatMs) ?? '')).toBe('0 ms');
  });
});
