/**
 * What the newest decode steps and shadow checks showed, in bounded memory: times and bytes per phase, a strip of layers by tokens, recall per layer.
 * Pure, like the store that owns it. Another model means other layers: its first answer begins the history anew.
 */
import type { GenerateMetrics, PhaseBytes, PhaseTimes, ShadowCheck, StepsByMode } from '../protocol/metrics';
import { RingBuffer } from './ringBuffer';

const REQUESTS_KEPT = 64;
const STEPS_KEPT = 256;
const CHECKS_KEPT = 16;

/** Layers by tokens: one byte each, 255 × share, step after step, oldest first. */
export interface LayerStrip {
  readonly layers: number;
  readonly steps: number;
  /** Share of the gate's rows that were read. */
  readonly computed: Uint8Array;
  readonly active: Uint8Array;
}

/** Per layer, 0..1, over the probed positions of the checks kept. */
export interface LayerRecall {
  readonly positions: number;
  readonly neuronRecall: readonly number[];
  readonly massRecall: readonly number[];
}

export interface DecodeSnapshot {
  readonly steps: StepsByMode;
  /** Means over the decode steps of the requests kept; undefined before the first. */
  readonly phasesPerToken: PhaseTimes | undefined;
  readonly bytesPerToken: PhaseBytes | undefined;
  readonly strip: LayerStrip;
  readonly recall: LayerRecall | undefined;
}

interface StepShares {
  readonly computed: Uint8Array;
  readonly active: Uint8Array;
}

type DecodeSample = Pick<GenerateMetrics['decode'], 'steps' | 'phases' | 'bytes'>;

export class DecodeHistory {
  private layers = 0;
  private samples = new RingBuffer<DecodeSample>(REQUESTS_KEPT);
  private shares = new RingBuffer<StepShares>(STEPS_KEPT);
  private checks = new RingBuffer<ShadowCheck>(CHECKS_KEPT);

  record({ decode }: GenerateMetrics): void {
    this.beginAnewFor(decode.layers.gateRows.length);
    const { steps, phases, bytes } = decode;
    if (stepsOf(steps) > 0) this.samples.push({ steps, phases, bytes });
    const computed = Buffer.from(decode.trace.computed, 'base64');
    const active = Buffer.from(decode.trace.active, 'base64');
    for (let step = 0; step < decode.trace.steps; step++) {
      const row = (bytes: Uint8Array): Uint8Array => bytes.slice(step * this.layers, (step + 1) * this.layers);
      this.shares.push({ computed: row(computed), active: row(active) });
    }
  }

  recordShadowCheck(check: ShadowCheck): void {
    this.beginAnewFor(check.massRecall.length);
    this.checks.push(check);
  }

  snapshot(): DecodeSnapshot {
    const samples = this.samples.toArray();
    const total = (mode: keyof StepsByMode): number => samples.reduce((sum, { steps }) => sum + steps[mode], 0);
    const steps = { dense: total('dense'), exact: total('exact'), predicted: total('predicted') };
    return {
      steps,
      phasesPerToken: meanOf(
        samples.map(({ phases }) => phases),
        stepsOf(steps),
      ),
      bytesPerToken: meanOf(
        samples.map(({ bytes }) => bytes),
        stepsOf(steps),
      ),
      strip: this.strip(),
      recall: this.recall(),
    };
  }

  private beginAnewFor(layers: number): void {
    if (layers === this.layers) return;
    this.layers = layers;
    this.samples = new RingBuffer(REQUESTS_KEPT);
    this.shares = new RingBuffer(STEPS_KEPT);
    this.checks = new RingBuffer(CHECKS_KEPT);
  }

  private strip(): LayerStrip {
    const rows = this.shares.oldestFirst();
    const joined = (part: keyof StepShares): Uint8Array => {
      const bytes = new Uint8Array(rows.length * this.layers);
      rows.forEach((row, step) => bytes.set(row[part].subarray(0, this.layers), step * this.layers));
      return bytes;
    };
    return { layers: this.layers, steps: rows.length, computed: joined('computed'), active: joined('active') };
  }

  private recall(): LayerRecall | undefined {
    const checks = this.checks.toArray();
    const positions = checks.reduce((sum, check) => sum + check.positions, 0);
    if (positions === 0) return undefined;
    const mean = (part: 'neuronRecall' | 'massRecall'): number[] =>
      Array.from(
        { length: this.layers },
        (_, layer) => checks.reduce((sum, check) => sum + (check[part][layer] ?? 0) * check.positions, 0) / positions,
      );
    return { positions, neuronRecall: mean('neuronRecall'), massRecall: mean('massRecall') };
  }
}

function stepsOf({ dense, exact, predicted }: StepsByMode): number {
  return dense + exact + predicted;
}

/** Every field divided by the number of steps. */
function meanOf<Fields extends { readonly [Key in keyof Fields]: number }>(samples: readonly Fields[], steps: number): Fields | undefined {
  const [first] = samples;
  if (first === undefined || steps === 0) return undefined;
  const keys = Object.keys(first) as (keyof Fields)[];
  const entries = keys.map((key) => [key, samples.reduce((sum, sample) => sum + sample[key], 0) / steps] as const);
  return Object.fromEntries(entries) as Fields;
}
