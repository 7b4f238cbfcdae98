export interface TestCounts {
  passed: number;
  failed: number;
  skipped: { name: string; reason: string }[];
}
export const NO_COUNTS: TestCounts;
export function writeCounts(counts: TestCounts): void;
export function readCounts(file: string): TestCounts;
export function addCounts(left: TestCounts, right: TestCounts): TestCounts;
