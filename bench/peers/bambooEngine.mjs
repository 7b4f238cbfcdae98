// A process that runs our engine in one mode on one file, as bench/peers measures it; started by engineProcess.mjs.
import { createRequire } from 'node:module';
import { measureEngine } from './measureEngine.mjs';

const GREEDY = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0 };

const task = JSON.parse(process.argv[2]);
const binding = createRequire(import.meta.url)(task.addon);

await measureEngine(task, async ({ modelPath, threads, mode, context: contextLength }) => {
  const engine = await binding.load({ modelPath, threads, contextLength });

  async function prefillAndDecode(promptTokens, maxTokens) {
    engine.reset();
    const unlimited = { stopTokens: new Int32Array(), stopStrings: [] };
    const start = performance.now();
    const result = await engine.generate({ ...GREEDY, ...unlimited, promptTokens, maxTokens, mode, maxDraftTokens: 0 }, () => undefined);
    const wholeMs = performance.now() - start;
    if (result.generatedTokens !== maxTokens) throw new Error(`Bamboo ended after ${result.generatedTokens} of ${maxTokens} tokens.`);
    const figures = {
      bytesPerToken: result.decodeBytes / (maxTokens - 1),
      predictedShare: result.predictedShare,
      activeShare: result.activeShare,
    };
    // What is left of the caller's clock is decoding: the cost of the calls between the two languages is in it, as it is for llama.cpp.
    return { prefillMs: result.prefillMs, decodeMs: wholeMs - result.prefillMs, figures };
  }

  const { isa, contextLength: length } = engine.info;
  const describe = () => ({ version: binding.version, kernels: isa, threads: engine.info.threads, contextLength: length });
  return { prefillAndDecode, describe };
});
