import { describe, expect, it } from 'vitest';
import { layerShares, scaleEnd, stripCells } from '../../../src/webview/dashboard/stripCells';

const encoded = (...bytes: number[]): string => btoa(String.fromCharCode(...bytes));

describe('the cells of the heat strip', () => {
  const strip = { layers: 2, steps: 3, computed: encoded(0, 255, 51, 255, 102, 255), active: encoded(0, 10, 0, 20, 0, 30) };

  it('gives mean and newest share of each layer', () => {
    expect(layerShares(stripCells(strip, 'computed'))).toEqual([
      { mean: 0.2, newest: 0.4 },
      { mean: 1, newest: 1 },
    ]);
  });

  it('chooses a scale that ends above the largest share', () => {
    expect(scaleEnd(stripCells(strip, 'computed'))).toBe(1);
    expect(scaleEnd(stripCells(strip, 'active'))).toBe(0.2);
    expect(scaleEnd(stripCells({ ...strip, active: encoded(0, 0, 0, 0, 0, 0) }, 'active'))).toBe(0.1);
  });

  it('has no layers to tell of before the first token', () => {
    expect(layerShares(stripCells({ layers: 2, steps: 0, computed: '', active: '' }, 'computed'))).toEqual([]);
  });
});
