// A native library in JavaScript: the worker loads it through addonPath like the real one.
// Special tokens in the prompt choose what it does, so a test can ask for a crash, a hang or an endless answer; otherwise it echoes the prompt.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const BYTE_TOKENS = 256;
const [CRASH, CRASH_ONCE, CRASH_LATE_ONCE, ENDLESS, BLOCK, FAIL] = [0, 1, 2, 3, 4, 5].map((n) => BYTE_TOKENS + n);

function typedError(code, message) {
  return Object.assign(new Error(message), { code });
}

function batchOf(id) {
  return { ids: Int32Array.of(id), logProbs: Float32Array.of(-0.5), bytes: Uint8Array.of(id) };
}

/** True the first time it is asked about a model folder, across processes. */
function firstTime(modelPath, name) {
  const marker = path.join(path.dirname(modelPath), name);
  if (fs.existsSync(marker)) {
    return false;
  }
  fs.writeFileSync(marker, '');
  return true;
}

function metricsOf(steps, mode) {
  const phases = { attentionMs: 0.25, predictorMs: 0, feedForwardMs: 0.25, headMs: 0.25, samplingMs: 0.25 };
  return {
    prefill: phases,
    decode: phases,
    bytes: { attentionBytes: 1, predictorBytes: 0, feedForwardBytes: 0, headBytes: 0 },
    steps: { dense: 0, exact: 0, predicted: 0, [mode]: steps },
    layers: { gateRows: [steps], predictedRows: [0], upRows: [steps], activeNeurons: [steps] },
    trace: { steps: 1, computed: Uint8Array.of(255), active: Uint8Array.of(255) },
  };
}

function createEngine(options) {
  let cancelled = false;
  let mode = 'dense';
  let paused = false;
  let unpaused = () => {};
  return {
    info: {
      name: 'echo',
      architecture: 'fake',
      fileBytes: fs.statSync(options.modelPath).size,
      parameterCount: 1,
      contextLength: options.contextLength || 512,
      trainedContextLength: 512,
      vocabSize: BYTE_TOKENS + 16,
      layerCount: 1,
      modelWidth: 1,
      ffnWidth: 1,
      threads: options.threads || 1,
      isa: 'fake',
      loadMs: 1,
      denseBytesPerToken: 1,
      kvBytes: 1,
      hasPredictors: true,
      hasSilentNeurons: true,
    },
    setVocabulary() {},
    async generate(params, onTokens) {
      cancelled = false;
      if (paused) await new Promise((resolve) => (unpaused = resolve));
      mode = params.mode;
      const prompt = [...params.promptTokens];
      const asked = (behaviour) => prompt.includes(behaviour);
      if (asked(CRASH) || (asked(CRASH_ONCE) && firstTime(options.modelPath, 'crashed'))) {
        process.kill(process.pid, 'SIGKILL');
      }
      if (asked(BLOCK)) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      }
      if (asked(FAIL)) {
        throw typedError('out-of-memory', 'The fake library has no memory left.');
      }
      const text = prompt.filter((id) => id < BYTE_TOKENS);
      let generatedTokens = 0;
      let stopReason = 'end-token';
      for (let i = 0; asked(ENDLESS) || i < text.length; i++) {
        if (cancelled || generatedTokens === params.maxTokens) {
          stopReason = cancelled ? 'cancelled' : 'max-tokens';
          break;
        }
        if (asked(CRASH_LATE_ONCE) && i === 2 && firstTime(options.modelPath, 'crashed-late')) {
          // The channel needs a turn to carry the tokens that were streamed before the end.
          setTimeout(() => process.exit(3), 50);
          await new Promise(() => {});
        }
        onTokens(batchOf(text[i % text.length]));
        generatedTokens++;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      return {
        stopReason,
        promptTokens: prompt.length,
        reusedTokens: 0,
        draftedTokens: 0,
        acceptedTokens: 0,
        generatedTokens,
        prefillMs: 1,
        decodeMs: 1,
        decodeBytes: 1,
        predictedShare: 0,
        activeShare: 1,
        metrics: metricsOf(generatedTokens, mode),
      };
    },
    cancel() {
      cancelled = true;
      unpaused();
    },
    setMode(next) {
      mode = next;
    },
    setPaused(next) {
      paused = next;
      if (!paused) unpaused();
    },
    neuronActivity: () => ({ steps: 3, active: Uint32Array.of(3) }),
    // Half of what would be active was predicted.
    async probe({ tokens, first, every }) {
      const positions = Math.ceil((tokens.length - first) / every);
      return [{ positions, active: 4, hits: 2, mass: 1, hitMass: 0.75 }];
    },
    setPolicy() {},
    logits: () => Promise.reject(typedError('internal', 'The fake library has no logits.')),
    reset() {},
    dispose() {},
  };
}

module.exports = {
  version: '0.0.0',
  isa: () => 'fake',
  inspect: (file) => ({ magic: 'GGUF', version: 3, fileBytes: fs.statSync(file).size, metadata: { 'general.name': 'echo' }, tensors: [] }),
  describe: (file) => createEngine({ modelPath: file }).info,
  readMetadata: () => ({}),
  async load(options) {
    if (!fs.existsSync(options.modelPath)) {
      throw typedError('file-not-found', `${options.modelPath} does not exist.`);
    }
    if (fs.readFileSync(options.modelPath, 'utf8') !== 'GGUF') {
      throw typedError('bad-magic', `${options.modelPath} is not a GGUF file.`);
    }
    return createEngine(options);
  },
};
