/**
 * A native library that records what it is asked and answers what the test scripted. Tokens are bytes.
 */
import type { SparsityCalibration } from '../../../src/model/sparsityCalibration';
import type { FfnMode } from '../../../src/protocol/engineProtocol';
import type {
  NativeBinding,
  NativeEngine,
  NativeGenerateParams,
  NativeGenerateResult,
  NativeLayerPolicy,
  NativeLayerProbe,
  NativeModelInfo,
  NativeNeuronActivity,
  NativeProbeParams,
  NativeTokenBatch,
} from '../../../src/worker/nativeBinding';

export const FAKE_INFO: NativeModelInfo = {
  name: 'fake',
  architecture: 'bamboo',
  fileBytes: 4,
  parameterCount: 10,
  contextLength: 256,
  trainedContextLength: 256,
  vocabSize: 300,
  layerCount: 1,
  modelWidth: 8,
  ffnWidth: 16,
  threads: 2,
  isa: 'portable',
  loadMs: 3,
  hasPredictors: false,
  hasSilentNeurons: true,
  denseBytesPerToken: 1000,
  kvBytes: 4096,
};

export const FAKE_RESULT: NativeGenerateResult = {
  stopReason: 'end-token',
  promptTokens: 0,
  reusedTokens: 0,
  generatedTokens: 0,
  prefillMs: 2,
  decodeMs: 4,
  decodeBytes: 0,
  draftedTokens: 0,
  acceptedTokens: 0,
  predictedShare: 0,
  activeShare: 0.05,
  metrics: {
    prefill: { attentionMs: 1, predictorMs: 0, feedForwardMs: 0.5, headMs: 0.5, samplingMs: 0 },
    decode: { attentionMs: 1, predictorMs: 0, feedForwardMs: 2, headMs: 0.5, samplingMs: 0.5 },
    bytes: { attentionBytes: 100, predictorBytes: 0, feedForwardBytes: 200, headBytes: 50 },
    steps: { dense: 0, exact: 2, predicted: 0 },
    layers: { gateRows: [32], predictedRows: [0], upRows: [16], activeNeurons: [8] },
    trace: { steps: 2, computed: Uint8Array.of(255, 255), active: Uint8Array.of(51, 76) },
  },
};

export type Script = (
  params: NativeGenerateParams,
  emit: (text: string) => void,
  engine: FakeEngine,
) => Promise<Partial<NativeGenerateResult>>;

/** One layer with 10 active neurons of mass 4, of which `hits` were predicted. */
export function layerProbe(hits: number, positions = 3): NativeLayerProbe {
  return {
    ...{ gateRowBytes: 4, upRowBytes: 4, downRowBytes: 4, predictorBytes: 8, positions },
    ...{ gateFires: 20, upFires: 20, active: 10, predicted: 12, hits, mass: 4, hitMass: hits / 4 },
    bins: new Float64Array(),
  };
}

/** What `bamboo calibrate` would have written beside a model of FAKE_INFO. */
export const FAKE_CALIBRATION: SparsityCalibration = {
  formatVersion: 1,
  model: { name: 'fake', fileBytes: FAKE_INFO.fileBytes },
  probedTokens: 100,
  massTarget: 0.99,
  fidelity: { tokens: 100, lossChange: 0.001, top1Agreement: 0.995, met: true },
  layers: [
    {
      ...{ mode: 'predicted', threshold: -1.5, upFirst: false, gateFires: 0.3, upFires: 0.3 },
      ...{ active: 0.1, kept: 0.2, recall: 0.9, massRecall: 0.99 },
    },
  ],
};

export class FakeEngine implements NativeEngine {
  readonly modesSet: FfnMode[] = [];
  readonly asked: NativeGenerateParams[] = [];
  disposed = false;
  cancelled = false;
  vocabularySize = 0;
  onCancel: () => void = () => undefined;
  /** Rows of logits for `logits`: a token i is answered with the row of this index. */
  logitsOf: (token: number) => readonly number[] = () => Array.from({ length: FAKE_INFO.vocabSize }, () => 0);

  constructor(
    private readonly script: Script,
    public info: NativeModelInfo = FAKE_INFO,
  ) {}

  setVocabulary(_bytes: Uint8Array, offsets: Uint32Array): void {
    this.vocabularySize = offsets.length - 1;
  }

  async generate(params: NativeGenerateParams, onTokens: (batch: NativeTokenBatch) => void): Promise<NativeGenerateResult> {
    this.asked.push(params);
    let generatedTokens = 0;
    const emit = (text: string): void => {
      const bytes = Buffer.from(text);
      generatedTokens += bytes.length;
      onTokens({ ids: Int32Array.from(bytes), logProbs: new Float32Array(bytes.length).fill(-0.5), bytes });
    };
    const outcome = await this.script(params, emit, this);
    return { ...FAKE_RESULT, promptTokens: params.promptTokens.length, generatedTokens, ...outcome };
  }

  cancel(): void {
    this.cancelled = true;
    this.onCancel();
  }

  setMode(mode: FfnMode): void {
    this.modesSet.push(mode);
  }

  readonly pausesSet: boolean[] = [];
  setPaused(paused: boolean): void {
    this.pausesSet.push(paused);
  }

  /** What `neuronActivity` answers. */
  activity: NativeNeuronActivity = { steps: 0, active: new Uint32Array(FAKE_INFO.ffnWidth) };
  neuronActivity(): NativeNeuronActivity {
    return this.activity;
  }

  logits(tokens: Int32Array, _chunkSize?: number, _mode?: FfnMode): Promise<Float32Array> {
    return Promise.resolve(Float32Array.from([...tokens].flatMap((token) => [...this.logitsOf(token)])));
  }

  readonly policies: (readonly NativeLayerPolicy[])[] = [];
  /** What `probe` answers. */
  probed: NativeLayerProbe[] = [];

  readonly probesAsked: NativeProbeParams[] = [];

  probe(params: NativeProbeParams): Promise<NativeLayerProbe[]> {
    this.probesAsked.push(params);
    return Promise.resolve(this.probed);
  }

  setPolicy(policy: readonly NativeLayerPolicy[]): void {
    this.policies.push(policy);
  }

  reset(): void {
    this.asked.length = 0;
  }

  dispose(): void {
    this.disposed = true;
  }
}

export function bindingOf(engine: FakeEngine): NativeBinding {
  return {
    version: '0.0.0',
    isa: () => 'portable',
    load: () => Promise.resolve(engine),
    inspect: () => ({ magic: 'GGUF', version: 3, fileBytes: 4, metadata: { 'general.name': 'fake' }, tensors: [] }),
    describe: () => engine.info,
    readMetadata: () => ({}),
    convert: () => undefined,
    scoreBinEdges: () => Float32Array.of(-2, -1, 0, 1),
    measureReadBandwidth: () => 1e9,
  };
}
