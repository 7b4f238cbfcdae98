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

function createEngine(options) {
  let cancelled = false;
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
    },
    setVocabulary() {},
    async generate(params, onTokens) {
      cancelled = false;
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
        activeShare: 1,
      };
    },
    cancel() {
      cancelled = true;
    },
    logits: () => Promise.reject(typedError('internal', 'The fake library has no logits.')),
    reset() {},
    dispose() {},
  };
}

module.exports = {
  version: '0.0.0',
  isa: () => 'fake',
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
