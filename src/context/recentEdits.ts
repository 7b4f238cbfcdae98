/**
 * Where the user edited lately: a bounded list of line ranges, kept right while lines come and go above them.
 */
import { sameFile, type FileRef } from './fileRef';

export interface EditedRegion {
  readonly file: FileRef;
  readonly start: number;
  /** Line after the last one. */
  readonly end: number;
}

export interface LineChange {
  readonly startLine: number;
  /** The last line of the replaced text. */
  readonly endLine: number;
  /** Line breaks in the text that replaces it. */
  readonly insertedBreaks: number;
}

export const EDIT_LIMITS = { regions: 12, mergeLines: 6, regionLines: 40 } as const;

export class RecentEdits {
  /** Most recent first. */
  private regions: EditedRegion[] = [];

  recent(): readonly EditedRegion[] {
    return this.regions;
  }

  record(file: FileRef, change: LineChange): void {
    const changed = { start: change.startLine, end: change.startLine + change.insertedBreaks + 1 };
    const shifted = this.regions.map((region) => (sameFile(region.file, file) ? shift(region, change) : region));
    const near = shifted.filter((region) => sameFile(region.file, file) && isNear(region, changed));
    const merged = near.reduce(
      (all, region) => ({ start: Math.min(all.start, region.start), end: Math.max(all.end, region.end) }),
      changed,
    );
    const isTooLong = merged.end - merged.start > EDIT_LIMITS.regionLines;
    const region = { file, ...(isTooLong ? changed : merged) };
    this.regions = [region, ...shifted.filter((other) => !near.includes(other))].slice(0, EDIT_LIMITS.regions);
  }

  forget(file: FileRef): void {
    this.regions = this.regions.filter((region) => !sameFile(region.file, file));
  }
}

/** A region below the change moves with its lines; one that the change reaches into only grows or shrinks at its end. */
function shift(region: EditedRegion, { startLine, endLine, insertedBreaks }: LineChange): EditedRegion {
  const delta = insertedBreaks - (endLine - startLine);
  if (delta === 0 || region.end <= startLine) return region;
  if (region.start > endLine) return { ...region, start: region.start + delta, end: region.end + delta };
  return { ...region, end: Math.max(region.start + 1, region.end + delta) };
}

function isNear(region: EditedRegion, changed: { start: number; end: number }): boolean {
  return region.start <= changed.end + EDIT_LIMITS.mergeLines && changed.start <= region.end + EDIT_LIMITS.mergeLines;
}
