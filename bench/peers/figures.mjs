// From the rounds of bench/peers to the figures of each engine. Pure; medians over the rounds, ratios taken within a round.

/** Mean of the two middle values when there is an even number of them; NaN of none. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN) + (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN)) / 2;
}

/**
 * `runs`: one { engine, round, bandwidth, fileBytes, ...figures of measureEngine.mjs } for every engine and round;
 * `reference`: the engine that the ratios compare with. Ratios are speeds: above 1 is faster than the reference.
 */
export function summarizeEngines(runs, reference) {
  const names = [...new Set(runs.map(({ engine }) => engine))];
  const roundOf = (engine, round) => runs.find((run) => run.engine === engine && run.round === round);
  return names.map((engine) => {
    const own = runs.filter((run) => run.engine === engine);
    return summarizeEngine(
      own,
      own.map((run) => roundOf(reference, run.round)),
    );
  });
}

function summarizeEngine(own, references) {
  const [{ engine, kernels, version, threads, fileBytes }] = own;
  const medianOf = (pick) => median(own.map(pick));
  const speedRatio = (pick) => (references[0] === undefined ? undefined : median(own.map((run, i) => pick(references[i]) / pick(run))));
  const byLength = (pick) => Object.fromEntries(Object.keys(own[0].prefillMs).map((length) => [length, pick(length)]));
  const resident = ({ memoryAfterRun }) => memoryAfterRun.rssAnonBytes + memoryAfterRun.rssFileBytes;
  const decode = ({ decodeMsPerToken }) => decodeMsPerToken;
  const bytesPerSecond = ({ bytesPerToken, decodeMsPerToken }) => (bytesPerToken * 1000) / decodeMsPerToken;
  const memory = own.every(({ memoryAfterRun }) => memoryAfterRun !== undefined) && {
    residentBytes: medianOf(resident),
    residentShareOfFile: medianOf((run) => resident(run) / fileBytes),
    rssAnonBytes: medianOf(({ memoryAfterRun }) => memoryAfterRun.rssAnonBytes),
    rssFileBytes: medianOf(({ memoryAfterRun }) => memoryAfterRun.rssFileBytes),
    residentAfterLoadBytes: medianOf(({ memoryAfterLoad }) => memoryAfterLoad.rssAnonBytes + memoryAfterLoad.rssFileBytes),
    peakRssBytes: medianOf(({ memoryAfterRun }) => memoryAfterRun.peakRssBytes),
    hugePageBytes: medianOf(({ memoryAfterRun }) => memoryAfterRun.hugePageBytes),
  };
  return {
    engine,
    version,
    kernels,
    threads,
    decodeMsPerToken: medianOf(decode),
    decodeMsPerTokenRange: [Math.min(...own.map(decode)), Math.max(...own.map(decode))],
    decodeSpeedRatio: speedRatio(decode),
    prefillTokensPerSecond: byLength((length) => medianOf(({ prefillMs }) => (Number(length) * 1000) / prefillMs[length])),
    prefillSpeedRatio: byLength((length) => speedRatio(({ prefillMs }) => prefillMs[length])),
    loadMs: medianOf(({ loadMs }) => loadMs),
    fileBytes,
    ...memory,
    bytesPerToken: medianOf(({ bytesPerToken }) => bytesPerToken),
    bytesPerSecond: medianOf(bytesPerSecond),
    bandwidthShare: medianOf((run) => bytesPerSecond(run) / run.bandwidth),
    predictedShare: own[0].predictedShare === undefined ? undefined : medianOf(({ predictedShare }) => predictedShare),
    activeShare: own[0].activeShare === undefined ? undefined : medianOf(({ activeShare }) => activeShare),
    cpusBusy: medianOf(({ cpusBusy }) => cpusBusy),
  };
}
