import type { TestCounts } from './testCounts.mjs';
export function readCtestReport(xml: string): TestCounts;
