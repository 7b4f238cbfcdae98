/**
 * The code that `bamboo bench` feeds to a model: written for this purpose, repeated when a longer prompt is asked for.
 */
export const BENCH_TEXT = `import { readFile } from 'node:fs/promises';

export interface Reading {
  readonly sensor: string;
  readonly celsius: number;
  readonly takenAt: Date;
}

/** Parses "sensor;celsius;time" lines and skips those that do not have three fields. */
export function parseReadings(text: string): Reading[] {
  const readings: Reading[] = [];
  for (const line of text.split('\\n')) {
    const [sensor, celsius, time] = line.split(';');
    if (sensor === undefined || celsius === undefined || time === undefined) {
      continue;
    }
    readings.push({ sensor, celsius: Number(celsius), takenAt: new Date(time) });
  }
  return readings;
}

export async function warmest(path: string): Promise<Reading | undefined> {
  const readings = parseReadings(await readFile(path, 'utf8'));
  let best: Reading | undefined;
  for (const reading of readings) {
    if (best === undefined || reading.celsius > best.celsius) {
      best = reading;
    }
  }
  return best;
}

class RunningMean {
  private count = 0;
  private sum = 0;

  add(value: number): void {
    this.count += 1;
    this.sum += value;
  }

  get value(): number {
    return this.count === 0 ? 0 : this.sum / this.count;
  }
}

export function meanBySensor(readings: readonly Reading[]): Map<string, number> {
  const means = new Map<string, RunningMean>();
  for (const { sensor, celsius } of readings) {
    const mean = means.get(sensor) ?? new RunningMean();
    mean.add(celsius);
    means.set(sensor, mean);
  }
  return new Map([...means].map(([sensor, mean]) => [sensor, mean.value]));
}
`;
