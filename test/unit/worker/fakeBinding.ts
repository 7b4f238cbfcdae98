/**
 * A native library that records what it is asked and answers what the test scripted. Tokens are bytes.
 */
import type {
  NativeBinding,
  NativeEngine,
  NativeGenerateParams,
  NativeGenerateResult,
  NativeModelInfo,
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
  denseBytesPerToken: 1000,
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
};

export type Script = (
  params: NativeGenerateParams,
  emit: (text: string) => void,
  engine: FakeEngine,
) => Promise<Partial<NativeGenerateResult>>;

export class FakeEngine implements NativeEngine {
  readonly info = FAKE_INFO;
  readonly asked: NativeGenerateParams[] = [];
  disposed = false;
  cancelled = false;
  vocabularySize = 0;
  onCancel: () => void = () => undefined;
  /** Rows of logits for `logits`: a token i is answered with the row of this index. */
  logitsOf: (token: number) => readonly number[] = () => Array.from({ length: FAKE_INFO.vocabSize }, () => 0);

  constructor(private readonly script: Script) {}

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

  logits(tokens: Int32Array): Promise<Float32Array> {
    return Promise.resolve(Float32Array.from([...tokens].flatMap((token) => [...this.logitsOf(token)])));
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
    convert: () => undefined,
    measureReadBandwidth: () => 1e9,
  };
}
