// A process that runs llama.cpp through node-llama-cpp on one file, as bench/peers measures it; started by engineProcess.mjs.
// Everything is left at the library's defaults except what all engines share: threads, context length, greedy sampling.
import { pathToFileURL } from 'node:url';
import { measureEngine } from './measureEngine.mjs';
import { mappedLibraries } from './processMemory.mjs';

const task = JSON.parse(process.argv[2]);
const { GgmlType, LlamaLogLevel, getLlama } = await import(task.llamaModule ? pathToFileURL(task.llamaModule).href : 'node-llama-cpp');
// Only what is installed: nothing is compiled or downloaded when no binary fits.
const llama = await getLlama({
  gpu: false,
  build: 'never',
  skipDownload: true,
  progressLogs: false,
  maxThreads: task.threads,
  logLevel: LlamaLogLevel.error,
});

await measureEngine(task, async ({ modelPath, threads, context: contextSize }) => {
  const model = await llama.loadModel({ modelPath, gpuLayers: 0 });
  const context = await model.createContext({ contextSize, threads, sequences: 1 });
  const sequence = context.getSequence();
  if (context.kvCacheKeyType !== GgmlType.F16 || context.kvCacheValueType !== GgmlType.F16) {
    throw new Error('llama.cpp does not keep its KV cache in f16: the comparison would be of different work.');
  }

  async function prefillAndDecode(ids, tokens) {
    await sequence.clearHistory();
    const start = performance.now();
    let firstTokenAt;
    let count = 0;
    const generated = sequence.evaluate([...ids], { temperature: 0, yieldEogTokens: true });
    while (count < tokens && !(await generated.next()).done) {
      firstTokenAt ??= performance.now();
      count++;
    }
    const end = performance.now();
    await generated.return();
    if (count !== tokens) throw new Error(`llama.cpp ended after ${count} of ${tokens} tokens.`);
    if (context.currentThreads !== threads) throw new Error(`llama.cpp used ${context.currentThreads} threads instead of ${threads}.`);
    return { prefillMs: firstTokenAt - start, decodeMs: end - firstTokenAt };
  }

  const describe = () => ({
    version: llama.llamaCppRelease.release,
    kernels: mappedLibraries('libggml-cpu-').join(', '),
    flashAttention: String(context.flashAttention),
    threads: context.currentThreads,
    contextLength: context.contextSize,
  });
  return { prefillAndDecode, describe };
});
