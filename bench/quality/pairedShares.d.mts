export interface Share {
  readonly successes: number;
  readonly count: number;
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

export interface PairedDifference {
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly count: number;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
}

export function shareOf(successes: number, count: number): Share;
export function pairedDifference(pairs: readonly (readonly [boolean, boolean])[]): PairedDifference;
