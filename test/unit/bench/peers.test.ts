/**
 * The pure parts of bench/peers: its command line, what it makes of the rounds, and the page it writes.
 */
import { describe, expect, it } from 'vitest';
import { median, summarizeEngines, type PeerRun } from '../../../bench/peers/figures.mjs';
import { denseBytesPerToken } from '../../../bench/peers/modelFiles.mjs';
import { PeerUsageError, readPeerOptions } from '../../../bench/peers/peerOptions.mjs';
import { readMemory } from '../../../bench/peers/processMemory.mjs';
import { resultPage, table, type PeerReport } from '../../../bench/peers/resultTable.mjs';

const memory = { rssAnonBytes: 10e6, rssFileBytes: 110e6, peakRssBytes: 150e6, hugePageBytes: 2e6 };

function runOf(engine: string, round: number, decodeMsPerToken: number, change: Partial<PeerRun> = {}): PeerRun {
  return {
    engine,
    round,
    bandwidth: 20e9,
    fileBytes: 100e6,
    version: '1',
    kernels: 'k',
    threads: 2,
    loadMs: 5,
    prefillMs: { 128: 1280, 512: 6400 },
    decodeMsPerToken,
    bytesPerToken: 1e9,
    cpusBusy: 2,
    memoryAfterLoad: memory,
    memoryAfterRun: memory,
    ...change,
  };
}

describe('the command line of bench/peers', () => {
  it('measures all engines at 2 threads unless told otherwise', () => {
    const { engines, threads, prefill, rounds } = readPeerOptions([]);
    expect(engines.map(({ name }) => name)).toEqual(['llama.cpp', 'bamboo dense', 'bamboo exact', 'bamboo predicted']);
    expect({ threads, prefill, rounds }).toEqual({ threads: 2, prefill: [128, 512], rounds: 3 });
  });

  it('adds llama.cpp without the libraries that are named, next to the whole one', () => {
    const { engines } = readPeerOptions(['--llama-without', 'libggml-cpu-sapphirerapids.so', '--engines', 'llama.cpp,dense']);
    expect(engines.map(({ name }) => name)).toEqual(['llama.cpp', 'llama.cpp without libggml-cpu-sapphirerapids.so', 'bamboo dense']);
    expect(engines[1]?.without).toEqual(['libggml-cpu-sapphirerapids.so']);
  });

  it.each([
    ['an unknown option', ['--speed', '9']],
    ['an unknown engine', ['--engines', 'dense,fast']],
    ['an unknown shape', ['--shape', '13b']],
    ['no threads', ['--threads', '0']],
    ['a length that is no number', ['--prefill', '128,many']],
    ['a path where a library belongs', ['--llama-without', '../x.so']],
    ['a prompt that the context does not hold', ['--prefill', '2000']],
    ['a context without room for what is decoded', ['--prefill', '128', '--tokens', '100', '--context', '200']],
  ])('refuses %s in one line', (_name, argv) => {
    expect(() => readPeerOptions(argv)).toThrow(PeerUsageError);
    expect(() => readPeerOptions(argv)).toThrow(/^[^\n]+$/);
  });
});

describe('figures', () => {
  it('are medians', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('compare engines within a round, so that a slow round does not count against one of them', () => {
    const runs = [1, 2, 3].flatMap((round) => {
      const slow = round === 2 ? 10 : 1;
      return [runOf('llama.cpp', round, 100 * slow), runOf('ours', round, 50 * slow, { prefillMs: { 128: 640, 512: 1600 } })];
    });
    const [llama, ours] = summarizeEngines(runs, 'llama.cpp');
    expect(llama).toMatchObject({ decodeSpeedRatio: 1, decodeMsPerToken: 100, decodeMsPerTokenRange: [100, 1000] });
    expect(ours).toMatchObject({
      decodeSpeedRatio: 2,
      prefillTokensPerSecond: { 128: 200, 512: 320 },
      prefillSpeedRatio: { 128: 2, 512: 4 },
    });
  });

  it('give bytes per second, the share of the bandwidth of the same moment and memory over the size of the file', () => {
    const [ours] = summarizeEngines([runOf('ours', 1, 100), runOf('ours', 2, 100)], 'ours');
    expect(ours).toMatchObject({ bytesPerSecond: 10e9, bandwidthShare: 0.5, residentBytes: 120e6, residentShareOfFile: 1.2 });
  });

  it('leave out memory where the system tells nothing of it', () => {
    const [ours] = summarizeEngines([{ ...runOf('ours', 1, 1), memoryAfterRun: undefined } as unknown as PeerRun], 'ours');
    expect(ours).not.toHaveProperty('residentBytes');
  });

  it('count every matrix of a dense file but the embedding, and keys and values', () => {
    const tensors = [
      { name: 'token_embd.weight', bytes: 1000 },
      { name: 'output.weight', bytes: 1000 },
      { name: 'blk.0.attn_q.weight', bytes: 500 },
    ];
    const metadata = {
      'general.architecture': 'llama',
      'llama.block_count': 1,
      'llama.embedding_length': 8,
      'llama.attention.head_count': 2,
      'llama.attention.head_count_kv': 1,
    };
    // A position has one head of 4 keys and 4 values of 2 bytes each.
    expect(denseBytesPerToken({ tensors, metadata }, 10)).toBe(1500 + 160);
  });

  it('read memory from what Linux says of a process', () => {
    const status = 'VmHWM:\t   30 kB\nRssAnon:\t   10 kB\nRssFile:\t   20 kB\n';
    expect(readMemory(status, 'AnonHugePages:   4 kB\nFilePmdMapped:   2 kB\n')).toEqual({
      rssAnonBytes: 10_240,
      rssFileBytes: 20_480,
      peakRssBytes: 30_720,
      hugePageBytes: 6144,
    });
  });
});

describe('the page of results', () => {
  const reportOf = (change: Partial<PeerReport> = {}): PeerReport => ({
    command: 'node bench/peers/run.mjs',
    machine: { cpu: 'Test CPU', logicalCpus: 2, instructionSets: ['avx512f'], node: '20.0.0', nodeLlamaCpp: '3.0.0' },
    options: { shape: '7b', threads: 2, rounds: 1, prefill: [128, 512], tokens: 32 },
    loadAverages: [0.1],
    readBandwidthBytesPerSecond: 20e9,
    readBandwidthRange: [19e9, 21e9],
    reference: 'llama.cpp',
    engines: summarizeEngines([runOf('llama.cpp', 1, 160), runOf('bamboo predicted', 1, 50)], 'llama.cpp'),
    ...change,
  });

  it('shows every engine with its ratio, and PowerInfer as quoted', () => {
    const page = resultPage(reportOf());
    expect(page).toContain('| bamboo predicted | 50 | 50–50 | 3.20 × |');
    expect(page).toContain('| PowerInfer sparse (quoted) | 245 |');
    expect(page).toContain('quoted, not measured here');
  });

  it('says so when the machine was busy', () => {
    expect(resultPage(reportOf())).not.toContain('busy with other work');
    expect(resultPage(reportOf({ loadAverages: [0.2, 6] }))).toContain('busy with other work');
  });

  it('quotes nothing beside another shape', () => {
    const options = { shape: 'tiny', threads: 2, rounds: 1, prefill: [128, 512], tokens: 32 };
    expect(resultPage(reportOf({ options }))).not.toContain('PowerInfer');
  });

  it('is made of Markdown tables', () => {
    expect(table(['a', 'b'], [['1', '2']])).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |');
  });
});
