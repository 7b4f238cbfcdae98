/**
 * What the view itself remembers while it is hidden: which sections are folded, which charts are read as tables, which strip is shown.
 * Everything else comes from the host. Pure; saving is the connection's.
 */
import type { StripPart } from './stripCells';

export const SECTION_IDS = ['engine', 'latency', 'sparsity', 'hotNeurons', 'usefulness', 'comparison'] as const;
export type SectionId = (typeof SECTION_IDS)[number];

export const CHART_IDS = ['latency', 'speed', 'strip', 'hotLayers'] as const;
export type ChartId = (typeof CHART_IDS)[number];

export interface ViewMemory {
  readonly folded: readonly SectionId[];
  readonly tables: readonly ChartId[];
  /** Until the user chooses: what says most in the mode that runs. */
  readonly strip?: StripPart;
}

/** From whatever an older or newer version of the view saved. */
export function toViewMemory(saved: unknown): ViewMemory {
  const fields = typeof saved === 'object' && saved !== null ? (saved as Partial<Record<keyof ViewMemory, unknown>>) : {};
  return {
    folded: known(fields.folded, SECTION_IDS),
    tables: known(fields.tables, CHART_IDS),
    ...((fields.strip === 'active' || fields.strip === 'computed') && { strip: fields.strip }),
  };
}

export function toggled<Item>(items: readonly Item[], item: Item): readonly Item[] {
  return items.includes(item) ? items.filter((other) => other !== item) : [...items, item];
}

function known<Item>(saved: unknown, ids: readonly Item[]): readonly Item[] {
  return ids.filter((id) => Array.isArray(saved) && saved.includes(id));
}
