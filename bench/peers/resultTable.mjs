// The Markdown page of one run of bench/peers. Pure: from the report to text.
import { QUOTED } from './quotedFigures.mjs';

export function resultPage(report) {
  const { machine, options, engines } = report;
  const lengths = options.prefill;
  const modelName = options.shape === '7b' ? 'the shape of Bamboo-7B, Q4_0' : 'the tiny shape, Q4_0';
  return `# Decode and prefill beside other engines: ${modelName}

\`${report.command}\`: medians of ${options.rounds} rounds, in each of which every engine runs once, in a process of its own.
${machine.cpu}, ${machine.logicalCpus} logical CPUs, ${options.threads} threads for every engine, Node ${machine.node}; instruction sets beyond AVX2: ${machine.instructionSets.join(', ') || 'none'}.
Read bandwidth, measured before every run with ${options.threads} threads: ${gigabytes(report.readBandwidthBytesPerSecond)} GB/s (${report.readBandwidthRange.map(gigabytes).join(' to ')}).
${loadSentence(report)}

${table(
  [
    'engine',
    'decode ms/token',
    'range',
    `speed, ${report.reference} = 1`,
    ...lengths.map((length) => `prefill ${length} tok/s`),
    ...lengths.map((length) => `ratio at ${length}`),
  ],
  engines.map((engine) => speedRow(engine, lengths)).concat(quotedRows(options, lengths)),
)}

${table(['engine', 'MB/token', 'GB/s', 'of bandwidth', 'predicted', 'active', 'CPUs busy', 'kernels'], engines.map(bytesRow))}

${table(['engine', 'warm load ms', 'file MB', 'RssAnon MB', 'RssFile MB', 'resident / file', 'huge pages MB'], engines.map(memoryRow))}

The prompt is one fixed sequence of random token ids for all engines; decoding is greedy, ${options.tokens} steps after a prompt of ${lengths[0]} tokens.
llama.cpp runs the \`llama\` file of the same shape (another activation, the same cost) through node-llama-cpp ${machine.nodeLlamaCpp}, with f16 keys and values and its own defaults; its bytes are the file's matrices without the embedding, and keys and values.
Memory is the whole process after its run, Node included; load is warm, the file being in the page cache.
${options.shape === '7b' ? `PowerInfer's figures are quoted, not measured here: ${QUOTED.source}; its ratio is to that.` : ''}
`.trimEnd();
}

/** Spinning threads lose far more to other processes than parked ones do, so a busy machine must be told. */
function loadSentence({ loadAverages }) {
  const highest = Math.max(...loadAverages);
  const before = `Load average before the rounds: ${loadAverages.map((value) => value.toFixed(1)).join(', ')}`;
  return highest > 1.5 ? `${before}. The machine was busy with other work: read the ratios with care.` : `${before}.`;
}

function speedRow(engine, lengths) {
  return [
    engine.engine,
    milliseconds(engine.decodeMsPerToken),
    engine.decodeMsPerTokenRange.map(milliseconds).join('–'),
    ratio(engine.decodeSpeedRatio),
    ...lengths.map((length) => engine.prefillTokensPerSecond[length].toFixed(1)),
    ...lengths.map((length) => ratio(engine.prefillSpeedRatio[length])),
  ];
}

function quotedRows({ shape }, lengths) {
  if (shape !== '7b') return [];
  return QUOTED.engines.map(({ engine, decodeMsPerToken, prefillTokensPerSecond }) => [
    `${engine} (quoted)`,
    milliseconds(decodeMsPerToken),
    '',
    ratio(QUOTED.llamaDecodeMsPerToken / decodeMsPerToken),
    ...lengths.map((length) => prefillTokensPerSecond[length]?.toFixed(1) ?? ''),
    ...lengths.map(() => ''),
  ]);
}

const bytesRow = (engine) => [
  engine.engine,
  megabytes(engine.bytesPerToken),
  gigabytes(engine.bytesPerSecond),
  percent(engine.bandwidthShare),
  percent(engine.predictedShare),
  percent(engine.activeShare),
  engine.cpusBusy.toFixed(2),
  engine.kernels,
];

const memoryRow = (engine) => [
  engine.engine,
  engine.loadMs.toFixed(0),
  megabytes(engine.fileBytes),
  megabytes(engine.rssAnonBytes),
  megabytes(engine.rssFileBytes),
  ratio(engine.residentShareOfFile),
  megabytes(engine.hugePageBytes),
];

const milliseconds = (value) => value.toFixed(value < 10 ? 2 : 0);
const ratio = (value) => (value === undefined ? '' : `${value.toFixed(2)} ×`);
const percent = (value) => (value === undefined ? '' : `${(value * 100).toFixed(1)} %`);
const megabytes = (value) => (value === undefined ? '' : (value / 1e6).toFixed(value < 1e8 ? 1 : 0));
const gigabytes = (value) => (value / 1e9).toFixed(1);

export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
