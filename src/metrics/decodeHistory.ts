/**
 * What the newest decode steps and shadow checks showed, in bounded memory: times and bytes per phase, a strip of layers by tokens, recall per layer.
 * Pure, like the store that owns it. Another model means other layers: its first answer begins the history anew.
 */
import type { FfnMode, GenerateTimings } from '../protocol/engineProtocol';
import type { DecodeMetrics, GenerateMetrics, PhaseBytes, PhaseTimes, ShadowCheck, StepsByMode } from '../protocol/metrics';
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

/** Means over all layers and steps, 0..1. */
export interface NeuronShares {
  /** Rows of the gate that were read. */
  readonly computedShare: number;
  readonly predictedShare: number;
  readonly activeShare: number;
}

export interface DecodeSnapshot {
  /** What the means are taken over: the requests kept that ran in the mode of the newest, so that the means follow a switch at once. */
  readonly steps: StepsByMode;
  /** Over the weights: each checks one token and the guesses that follow it. */
  readonly passes: number;
  /** Steps without the guesses that were not used. */
  readonly tokens: number;
  /** Undefined before the first step. */
  readonly phasesPerToken: PhaseTimes | undefined;
  readonly bytesPerToken: PhaseBytes | undefined;
  readonly shares: NeuronShares | undefined;
  readonly strip: LayerStrip;
  readonly recall: LayerRecall | undefined;
}

interface StepShares {
  readonly computed: Uint8Array;
  readonly active: Uint8Array;
}

interface DecodeSample extends Pick<DecodeMetrics, 'steps' | 'phases' | 'bytes'> {
  readonly passes: number;
  readonly tokens: number;
  /** Added up over the layers and steps; `possible` is what computing everything would have been. */
  readonly rows: { readonly computed: number; readonly predicted: number; readonly active: number; readonly possible: number };
}

type Guesses = Pick<GenerateTimings, 'draftedTokens' | 'acceptedTokens'>;

export class DecodeHistory {
  private layers = 0;
  private neuronsPerLayer: number | undefined;
  private samples = new RingBuffer<DecodeSample>(REQUESTS_KEPT);
  private shares = new RingBuffer<StepShares>(STEPS_KEPT);
  private checks = new RingBuffer<ShadowCheck>(CHECKS_KEPT);

  record({ decode }: GenerateMetrics, timings: Guesses): void {
    this.beginAnewFor(decode.layers.gateRows.length, decode.neuronsPerLayer);
    const { steps, phases, bytes } = decode;
    if (stepsOf(steps) > 0) this.samples.push({ steps, phases, bytes, rows: rowsOf(decode), ...withoutGuesses(steps, timings) });
    const computed = Buffer.from(decode.trace.computed, 'base64');
    const active = Buffer.from(decode.trace.active, 'base64');
    for (let step = 0; step < decode.trace.steps; step++) {
      const row = (bytes: Uint8Array): Uint8Array => bytes.slice(step * this.layers, (step + 1) * this.layers);
      this.shares.push({ computed: row(computed), active: row(active) });
    }
  }

  recordShadowCheck(check: ShadowCheck): void {
    this.beginAnewFor(check.massRecall.length, this.neuronsPerLayer);
    this.checks.push(check);
  }

  clear(): void {
    this.samples = new RingBuffer(REQUESTS_KEPT);
    this.shares = new RingBuffer(STEPS_KEPT);
    this.checks = new RingBuffer(CHECKS_KEPT);
  }

  snapshot(): DecodeSnapshot {
    const samples = inModeOfNewest(this.samples.oldestFirst());
    const total = (mode: keyof StepsByMode): number => samples.reduce((sum, { steps }) => sum + steps[mode], 0);
    const steps = { dense: total('dense'), exact: total('exact'), predicted: total('predicted') };
    const passes = samples.reduce((sum, sample) => sum + sample.passes, 0);
    const tokens = samples.reduce((sum, sample) => sum + sample.tokens, 0);
    return {
      steps,
      passes,
      tokens,
      phasesPerToken: meanOf(
        samples.map(({ phases }) => phases),
        tokens,
      ),
      bytesPerToken: meanOf(
        samples.map(({ bytes }) => bytes),
        tokens,
      ),
      shares: sharesOf(samples),
      strip: this.strip(),
      recall: this.recall(),
    };
  }

  private beginAnewFor(layers: number, neuronsPerLayer: number | undefined): void {
    const sameModel = layers === this.layers && (this.neuronsPerLayer ?? neuronsPerLayer) === neuronsPerLayer;
    this.layers = layers;
    this.neuronsPerLayer = neuronsPerLayer;
    if (!sameModel) this.clear();
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

/** Mode by number of steps: it may have changed within the request. */
function modeOf(steps: StepsByMode): FfnMode {
  const modes: readonly FfnMode[] = ['dense', 'exact', 'predicted'];
  return modes.reduce((most, mode) => (steps[mode] > steps[most] ? mode : most));
}

function inModeOfNewest(samples: readonly DecodeSample[]): DecodeSample[] {
  const newest = samples.at(-1);
  return newest === undefined ? [] : samples.filter(({ steps }) => modeOf(steps) === modeOf(newest.steps));
}

function rowsOf({ steps, layers, neuronsPerLayer }: DecodeMetrics): DecodeSample['rows'] {
  const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
  return {
    computed: sum(layers.gateRows),
    predicted: sum(layers.predictedRows),
    active: sum(layers.activeNeurons),
    possible: stepsOf(steps) * neuronsPerLayer * layers.gateRows.length,
  };
}

function sharesOf(samples: readonly DecodeSample[]): NeuronShares | undefined {
  const sum = (part: keyof DecodeSample['rows']): number => samples.reduce((all, { rows }) => all + rows[part], 0);
  const possible = sum('possible');
  if (possible === 0) return undefined;
  return { computedShare: sum('computed') / possible, predictedShare: sum('predicted') / possible, activeShare: sum('active') / possible };
}

/** Every guess is a step, and every pass takes one token that is no guess. */
function withoutGuesses(steps: StepsByMode, { draftedTokens, acceptedTokens }: Guesses): Pick<DecodeSample, 'passes' | 'tokens'> {
  const passes = Math.max(0, stepsOf(steps) - draftedTokens);
  return { passes, tokens: passes + acceptedTokens };
}

function stepsOf({ dense, exact, predicted }: StepsByMode): number {
  return dense + exact + predicted;
}

/** Every field divided by the number of tokens. */
function meanOf<Fields extends { readonly [Key in keyof Fields]: number }>(samples: readonly Fields[], tokens: number): Fields | undefined {
  const [first] = samples;
  if (first === undefined || tokens === 0) return undefined;
  const keys = Object.keys(first) as (keyof Fields)[];
  const entries = keys.map((key) => [key, samples.reduce((sum, sample) => sum + sample[key], 0) / tokens] as const);
  return Object.fromEntries(entries) as Fields;
}
