/**
 * `bamboo calibrate`: measures which neurons of a model fire and what its predictors find, and chooses the mode and the
 * threshold of every layer so that predicted mode stays within the fidelity bar. The result lies beside the model.
 */
import { calibrationPathOf, type SparsityCalibration } from '../model/sparsityCalibration';
import { chooseLayer, type LayerChoice, type LayerObservation } from '../model/sparsityPolicy';
import { loadModelText, type ModelText } from '../model/modelText';
import { EngineError } from '../protocol/engineError';
import type { NativeEngine, NativeLayerProbe } from '../worker/nativeBinding';
import type { Arguments } from './arguments';
import { EXIT, MODEL_HELP, MODEL_OPTIONS, type CliIo, type Command } from './command';
import { measureFidelity, meetsBar, type Fidelity } from './fidelity';
import { readJsonLines } from './jsonLines';
import { textSchema, windowsOf } from './loss';
import { openTokenSession, type TokenSession } from './modelSession';
import { writeBytes } from './outputFile';

/** Shares of the activation mass to keep, cheapest first. */
const TARGETS = [0.97, 0.98, 0.985, 0.99, 0.9925, 0.995, 0.9965, 0.9975, 0.9985, 0.999];
/** Attention needs some text before it, and a long window would be all of one file. */
const WINDOW_TOKENS = 512;
const BIN_FIELDS = 4;

interface CalibrateOptions {
  readonly input: string;
  readonly checkInput: string | undefined;
  readonly probeTokens: number;
  readonly checkTokens: number;
  readonly targets: readonly number[];
  readonly all: boolean;
}

/** One recall target: what it chose and how close it was to dense. */
interface Trial {
  readonly massTarget: number;
  readonly choices: readonly LayerChoice[];
  readonly fidelity: Fidelity;
}

export const calibrateCommand: Command = {
  name: 'calibrate',
  summary: 'choose how predicted mode treats each layer, and store it beside the model',
  help: `Usage: bamboo calibrate --input TEXTS [--output FILE]

  --input FILE      one JSON object a line with lang, path and text; "-" is standard input
  --output FILE     default: MODEL.calibration.json beside the model, where loading finds it
  --probe-tokens N  tokens whose neurons are looked at (default 4096)
  --check-input FILE  texts to compare on (default: windows of the input that were not probed)
  --check-tokens N  other tokens, on which loss and first choice are compared with dense (default 8192)
  --targets LIST    shares of the activation mass to try, cheapest first (default ${TARGETS.join(',')});
                    the first one that meets the bar is chosen. With --all every one is measured.
  --all             measure every target, for a curve
${MODEL_HELP}

The bar: loss at most 0.5 % above dense, the same most likely token at 99 % of the positions.`,
  options: {
    ...MODEL_OPTIONS,
    input: { type: 'string' },
    output: { type: 'string' },
    'check-input': { type: 'string' },
    'probe-tokens': { type: 'string' },
    'check-tokens': { type: 'string' },
    targets: { type: 'string' },
    all: { type: 'boolean' },
  },
  async run(args, io) {
    const options = optionsOf(args);
    const session = await openTokenSession(args, io);
    try {
      return await calibrate(session, options, args, io);
    } finally {
      session.engine.dispose();
    }
  },
};

function optionsOf(args: Arguments): CalibrateOptions {
  return {
    input: args.requiredText('input'),
    checkInput: args.text('check-input'),
    probeTokens: args.integer('probe-tokens', { min: 64, max: 1_000_000, fallback: 4096 }),
    checkTokens: args.integer('check-tokens', { min: 64, max: 1_000_000, fallback: 8192 }),
    targets: args.numberList('targets', { min: 0.5, max: 1 }) ?? TARGETS,
    all: args.flag('all'),
  };
}

async function calibrate(session: TokenSession, options: CalibrateOptions, args: Arguments, io: CliIo): Promise<number> {
  const { engine, binding } = session;
  if (!engine.info.hasPredictors) {
    throw new EngineError('invalid-argument', 'This model has no predictors: there is nothing to calibrate. It runs in exact mode.');
  }
  const text = await loadModelText(session.modelPath, (path, prefix) => binding.readMetadata(path, prefix));
  const probe = new WindowSet(options.probeTokens);
  const check = new WindowSet(options.checkTokens);
  await readWindows(options, text, { probe, check }, io);
  const observations = await probeLayers(engine, probe.windows, binding.scoreBinEdges());
  const trials = await tryTargets(engine, observations, check.windows, options, io);
  const chosen = trials.find((trial) => meetsBar(trial.fidelity)) ?? trials.at(-1);
  if (chosen === undefined) {
    throw new EngineError('invalid-argument', 'No target was given.');
  }
  const calibration = asCalibration(session, observations, chosen);
  const output = args.text('output') ?? calibrationPathOf(session.modelPath);
  await writeBytes(output, Buffer.from(`${JSON.stringify(calibration, null, 2)}\n`));
  io.print(args.flag('json') ? JSON.stringify({ output, chosen: chosen.massTarget, trials }) : `${describe(chosen)}\nwritten to ${output}`);
  return calibration.fidelity.met ? EXIT.done : EXIT.failed;
}

/** Windows of text until there are enough tokens. */
class WindowSet {
  readonly windows: Int32Array[] = [];
  private tokens = 0;

  constructor(private readonly wanted: number) {}

  get isFull(): boolean {
    return this.tokens >= this.wanted;
  }

  add(window: Int32Array): void {
    this.windows.push(window);
    this.tokens += window.length;
  }
}

/** Windows of the input go to the two sets in turn, unless there is a text of its own to check on. */
async function readWindows(
  options: CalibrateOptions,
  text: ModelText,
  { probe, check }: { probe: WindowSet; check: WindowSet },
  io: CliIo,
): Promise<void> {
  if (options.checkInput !== undefined) {
    await collect(options.checkInput, text, () => (check.isFull ? undefined : check), io);
  }
  const shared = options.checkInput === undefined;
  const next = (): WindowSet | undefined => {
    const probeFirst = !shared || check.isFull || probe.windows.length <= check.windows.length;
    const [first, second] = probeFirst ? [probe, check] : [check, probe];
    return [first, second].find((set) => !set.isFull && (shared || set === probe));
  };
  await collect(options.input, text, next, io);
  if (probe.windows.length === 0 || check.windows.length === 0) {
    throw new EngineError('invalid-argument', 'The input has too little text: give at least a few files of code.');
  }
}

async function collect(input: string, text: ModelText, next: () => WindowSet | undefined, io: CliIo): Promise<void> {
  for await (const line of readJsonLines(input, textSchema)) {
    if (line.kind === 'bad') {
      io.warn(`${line.error.code}: ${line.error.message}`);
      continue;
    }
    for (const window of windowsOf(line.value, text, WINDOW_TOKENS)) {
      next()?.add(window);
    }
  }
}

/** Sums over all windows, decoded in exact mode. */
async function probeLayers(engine: NativeEngine, windows: readonly Int32Array[], edges: Float32Array): Promise<LayerObservation[]> {
  let sums: NativeLayerProbe[] | undefined;
  for (const tokens of windows) {
    const layers = await engine.probe({ tokens, first: 0, every: 1, mode: 'exact' });
    sums = sums === undefined ? layers : sums.map((sum, i) => addProbe(sum, layers[i] ?? sum));
  }
  return (sums ?? []).map((layer) => asObservation(layer, engine.info.ffnWidth, edges));
}

function addProbe(a: NativeLayerProbe, b: NativeLayerProbe): NativeLayerProbe {
  return {
    ...a,
    positions: a.positions + b.positions,
    gateFires: a.gateFires + b.gateFires,
    upFires: a.upFires + b.upFires,
    active: a.active + b.active,
    bins: a.bins.map((value, i) => value + (b.bins[i] ?? 0)),
  };
}

function asObservation(layer: NativeLayerProbe, neurons: number, edges: Float32Array): LayerObservation {
  const all = layer.positions * neurons;
  const field = (index: number): Float64Array => layer.bins.filter((_, i) => i % BIN_FIELDS === index);
  const { gateRowBytes, upRowBytes, downRowBytes, predictorBytes } = layer;
  return {
    neurons,
    gateFires: layer.gateFires / all,
    upFires: layer.upFires / all,
    active: layer.active / all,
    ...{ gateRowBytes, upRowBytes, downRowBytes, predictorBytes },
    scores: { edges, neurons: field(0), gateFires: field(1), active: field(2), mass: field(3) },
  };
}

/** All targets at once, or one after another until one meets the bar. */
async function tryTargets(
  engine: NativeEngine,
  observations: readonly LayerObservation[],
  windows: readonly Int32Array[],
  { targets, all }: CalibrateOptions,
  io: CliIo,
): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const group of all ? [targets] : targets.map((target) => [target])) {
    const choices = group.map((target) => observations.map((layer) => chooseLayer(layer, target)));
    const measured = await measureFidelity(engine, windows, choices);
    for (const [i, fidelity] of measured.entries()) {
      const trial = { massTarget: group[i] ?? 0, choices: choices[i] ?? [], fidelity };
      io.warn(describe(trial));
      trials.push(trial);
    }
    if (measured.some(meetsBar)) {
      break;
    }
  }
  return trials;
}

function asCalibration({ engine }: TokenSession, observations: readonly LayerObservation[], chosen: Trial): SparsityCalibration {
  const { tokens, lossChange, top1Agreement } = chosen.fidelity;
  return {
    formatVersion: 1,
    model: { name: engine.info.name, fileBytes: engine.info.fileBytes },
    probedTokens: Math.round((observations[0]?.scores.neurons.reduce((sum, n) => sum + n, 0) ?? 0) / engine.info.ffnWidth),
    massTarget: chosen.massTarget,
    fidelity: { tokens, lossChange: round(lossChange), top1Agreement: round(top1Agreement), met: meetsBar(chosen.fidelity) },
    layers: chosen.choices.map(({ mode, threshold, upFirst, kept, recall, massRecall }, i) => ({
      mode,
      threshold: round(threshold),
      upFirst,
      gateFires: round(observations[i]?.gateFires ?? 0),
      upFires: round(observations[i]?.upFires ?? 0),
      active: round(observations[i]?.active ?? 0),
      kept: round(kept),
      recall: round(recall),
      massRecall: round(massRecall),
    })),
  };
}

function describe({ massTarget, choices, fidelity }: Trial): string {
  const exactLayers = choices.filter(({ mode }) => mode === 'exact').length;
  const megabytes = choices.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  return (
    `mass ${massTarget}: loss ${(fidelity.lossChange * 100).toFixed(2)} %, top-1 ${(fidelity.top1Agreement * 100).toFixed(2)} %, ` +
    `KL ${fidelity.meanKl.toExponential(1)}, feed-forward ${megabytes.toFixed(1)} MB a token, ${exactLayers} exact layers` +
    (meetsBar(fidelity) ? ', meets the bar' : '')
  );
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}
