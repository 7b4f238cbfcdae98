// The measurement that is the same for every engine: what runs in the engine's process, in which order, on which clock.
// An engine is { prefillAndDecode(ids, tokens), describe() }; the first returns times in ms.
import { processMemory } from './processMemory.mjs';
import { randomIds } from './randomIds.mjs';

const WARM_UP_TOKENS = 4;

/** `load` resolves with the engine. Sends the figures to the parent process and ends this one. */
export async function measureEngine(task, load) {
  const memoryBeforeLoad = processMemory();
  const loadStart = performance.now();
  const engine = await load(task);
  const loadMs = performance.now() - loadStart;
  const memoryAfterLoad = processMemory();

  const [first, ...others] = task.prefill;
  await engine.prefillAndDecode(randomIds(first, task.vocabSize), WARM_UP_TOKENS);
  const prefillMs = {};
  const cpuStart = process.cpuUsage();
  const decoded = await engine.prefillAndDecode(randomIds(first, task.vocabSize), task.tokens + 1);
  const { user, system } = process.cpuUsage(cpuStart);
  prefillMs[first] = decoded.prefillMs;
  for (const length of others) {
    prefillMs[length] = (await engine.prefillAndDecode(randomIds(length, task.vocabSize), 1)).prefillMs;
  }
  const figures = {
    ...engine.describe(),
    loadMs,
    prefillMs,
    decodeMsPerToken: decoded.decodeMs / task.tokens,
    ...decoded.figures,
    cpusBusy: (user + system) / 1000 / (decoded.prefillMs + decoded.decodeMs),
    memoryBeforeLoad,
    memoryAfterLoad,
    memoryAfterRun: processMemory(),
  };
  process.send(figures, () => process.exit(0));
}
