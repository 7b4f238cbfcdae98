/**
 * The heat strip's numbers: the shares of layers by tokens out of the message's text, and what they are per layer.
 * Pure; colours and pixels are heatStrip.tsx.
 */
import type { DashboardStrip } from '../../protocol/dashboard';

export type StripPart = 'computed' | 'active';

export interface StripCells {
  readonly layers: number;
  readonly steps: number;
  /** One byte a layer, 255 × share, step after step, oldest first. [steps, layers] */
  readonly cells: Uint8Array;
}

export function stripCells(strip: DashboardStrip, part: StripPart): StripCells {
  const binary = atob(strip[part]);
  return { layers: strip.layers, steps: strip.steps, cells: Uint8Array.from(binary, (character) => character.charCodeAt(0)) };
}

export interface LayerShare {
  readonly mean: number;
  readonly newest: number;
}

/** 0..1, one entry a layer; empty without a step. */
export function layerShares({ layers, steps, cells }: StripCells): readonly LayerShare[] {
  if (steps === 0) return [];
  return Array.from({ length: layers }, (_, layer) => {
    let sum = 0;
    for (let step = 0; step < steps; step++) sum += cells[step * layers + layer] ?? 0;
    return { mean: sum / steps / 255, newest: (cells[(steps - 1) * layers + layer] ?? 0) / 255 };
  });
}

const SCALE_ENDS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1] as const;

/** The end of the colour scale: the least of a few that holds every share, so that it seldom jumps. */
export function scaleEnd({ cells }: StripCells): number {
  const most = cells.reduce((largest, cell) => Math.max(largest, cell), 0) / 255;
  return SCALE_ENDS.find((end) => most <= end) ?? 1;
}
