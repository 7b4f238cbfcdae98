/**
 * The command line: exit codes, one-line complaints, and what each command makes of a scripted library.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkManifestFile, readModelManifest } from '../../../src/model/modelManifest';
import type { NativeBinding, NativeConvertOptions } from '../../../src/worker/nativeBinding';
import { createFakeModel, type FakeModel } from '../../integration/fakeModel';
import { lineTokenizerJson } from '../model/lineTokenizer';
import { FAKE_INFO, FakeEngine, type Script } from '../worker/fakeBinding';
import { runScripted as run } from './scriptedTerminal';

let model: FakeModel;
/** Of the test's vocabulary: special tokens come first, then every byte. */
const FIRST_BYTE_ID = 7;

let folder: string;
beforeEach(() => {
  model = createFakeModel();
  folder = path.dirname(model.modelPath);
  writeFileSync(path.join(folder, 'tokenizer.json'), lineTokenizerJson());
});
afterEach(() => model.remove());

const answering = (text: string): Script => {
  return (_params, emit) => {
    emit(text);
    return Promise.resolve({});
  };
};
const withModel = (...argv: string[]): string[] => [...argv, '--model', model.modelPath];
const fileWith = (name: string, content: string): string => {
  writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
};
const linesOf = (file: string): unknown[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

describe('bad command lines', () => {
  it.each([
    ['an unknown command', ['fly']],
    ['an unknown flag', ['bench', '--speed', '9']],
    ['a missing flag', ['infill', '--input', 'x']],
    ['a word where a number belongs', ['bench', '--tokens', 'many']],
    ['a number that is too large', ['bench', '--threads', '1e9']],
    ['a fraction where a whole number belongs', ['bench', '--tokens', '2.5']],
    ['a flag without its value', ['generate', '--prompt']],
    ['more guessed tokens than there may be', ['generate', '--prompt', 'x', '--draft', '16']],
    ['an element type that the KV cache does not have', ['bench', '--kv', 'q4']],
    ['an unknown choice', ['convert', '--input', 'a', '--output', 'b', '--type', 'q3']],
    ['too many arguments', ['inspect', 'a', 'b']],
    ['no argument', ['inspect']],
    ['token ids that are none', ['logits', '--tokens', '1,x', '--out', 'f']],
    ['a place without a column', ['complete', '--at', 'file.ts:3']],
    ['a place counted from zero', ['complete', '--at', 'file.ts:0:1']],
  ])('with %s end with 2 and one line', async (_name, argv) => {
    const { exitCode, out, err } = await run(argv);
    expect(exitCode).toBe(2);
    expect(out).toBe('');
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toMatch(/^bamboo/);
  });

  it('without a command show what there is', async () => {
    expect(await run([])).toMatchObject({ exitCode: 2, err: expect.stringContaining('infill') as string });
  });
});

describe('help', () => {
  it('lists the commands and prints the version', async () => {
    expect((await run(['--help'])).out).toContain('bench');
    expect((await run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+/);
  });

  it.each(['complete', 'infill', 'generate', 'bench', 'loss', 'logits', 'inspect', 'convert', 'manifest'])('explains %s', async (name) => {
    const { exitCode, out } = await run([name, '--help']);
    expect(exitCode).toBe(0);
    expect(out).toContain(`Usage: bamboo ${name}`);
  });
});

describe('a model that cannot be used', () => {
  it('ends with 1 and its code', async () => {
    const failing = { load: () => Promise.reject(Object.assign(new Error('Not a model.'), { code: 'bad-magic' })) };
    expect(await run(withModel('generate', '--prompt', 'x'), undefined, failing)).toEqual({
      exitCode: 1,
      out: '',
      err: 'bad-magic: Not a model.\n',
    });
  });
});

describe('generate', () => {
  it('streams text, or gives one object', async () => {
    expect((await run(withModel('generate', '--prompt', 'x'), new FakeEngine(answering('more')))).out).toBe('more\n');
    const { out } = await run(withModel('generate', '--prompt', 'x', '--json'), new FakeEngine(answering('more')));
    expect(JSON.parse(out)).toMatchObject({ text: 'more', stopReason: 'end-token', timings: { generatedTokens: 4 } });
  });
});

describe('infill', () => {
  const sample = (prefix: string, more = {}): string => JSON.stringify({ path: 'a.ts', prefix, suffix: ');\n', ...more });

  it('adds the raw middle to every sample, in order, and keeps other fields', async () => {
    const input = fileWith('in.jsonl', `${sample('f(', { id: 1 })}\n\n${sample('g(', { id: 2 })}\n`);
    const output = path.join(folder, 'out.jsonl');
    const engine = new FakeEngine(answering(' x \n'));
    const { exitCode } = await run(withModel('infill', '--input', input, '--output', output, '--single-line'), engine);
    expect(exitCode).toBe(0);
    expect(linesOf(output)).toMatchObject([
      { id: 1, path: 'a.ts', completion: ' x \n', stopReason: 'end-token', timings: { generatedTokens: 4 } },
      { id: 2, prefix: 'g(' },
    ]);
    expect(engine.asked[0]?.stopStrings).toEqual([new Uint8Array([10])]);
    expect(engine.asked[0]?.stopTokens).toHaveLength(2);
  });

  it('puts the suffix before the prefix, between its special tokens', async () => {
    const engine = new FakeEngine(answering(''));
    const input = fileWith('in.jsonl', sample('f('));
    await run(withModel('infill', '--input', input, '--output', path.join(folder, 'out.jsonl')), engine);
    const ids = [...(engine.asked[0]?.promptTokens ?? [])];
    // file_sep 4, fim_suffix 2, fim_prefix 1, fim_middle 3 in the test's vocabulary.
    expect(ids.filter((id) => id < 5)).toEqual([4, 2, 1, 3]);
    expect(engine.asked[0]?.stopStrings).toEqual([]);
  });

  it('puts snippets of other files in front, each behind the marker of a file', async () => {
    const engine = new FakeEngine(answering(''));
    const snippets = [{ path: 'b.ts', text: 'export const b = 1;' }];
    const input = fileWith('in.jsonl', sample('f(', { snippets }));
    await run(withModel('infill', '--input', input, '--output', path.join(folder, 'out.jsonl')), engine);
    const ids = [...(engine.asked[0]?.promptTokens ?? [])];
    expect(ids.filter((id) => id < 5)).toEqual([4, 4, 2, 1, 3]);
  });

  it('reports a bad line with its number, does the others and ends with 1', async () => {
    const input = fileWith('in.jsonl', `${sample('a')}\n{"path": 3}\nnot json\n${sample('b')}\n`);
    const output = path.join(folder, 'out.jsonl');
    const { exitCode, err } = await run(withModel('infill', '--input', input, '--output', output), new FakeEngine(answering('x')));
    expect(exitCode).toBe(1);
    expect(linesOf(output)).toMatchObject([{ prefix: 'a' }, { prefix: 'b' }]);
    expect(err).toContain('invalid-argument');
    expect(err).toContain(':2:');
    expect(err).toContain(':3:');
  });

  it('names an input that is not there', async () => {
    const { exitCode, err } = await run(withModel('infill', '--input', '/nowhere.jsonl', '--output', path.join(folder, 'o')));
    expect(exitCode).toBe(1);
    expect(err).toContain('file-not-found');
  });
});

describe('loss', () => {
  it('gives ln(vocabulary) for a model that knows nothing', async () => {
    const input = fileWith('in.jsonl', JSON.stringify({ lang: 'ts', path: 'a.ts', text: 'abc' }));
    const { out } = await run(withModel('loss', '--input', input, '--json'));
    const { ts } = JSON.parse(out) as { ts: { natsPerToken: number; bitsPerByte: number; tokens: number; bytes: number } };
    expect(ts.natsPerToken).toBeCloseTo(Math.log(FAKE_INFO.vocabSize), 6);
    // Every byte is a token of its own here, and the separator in front is not predicted: "a.ts\nabc".
    expect(ts).toMatchObject({ tokens: 8, bytes: 8 });
    expect(ts.bitsPerByte).toBeCloseTo(Math.log2(FAKE_INFO.vocabSize), 6);
  });

  it('reads long texts in windows, at most as many per language as asked', async () => {
    const text = 'x'.repeat(3 * FAKE_INFO.contextLength);
    const line = (lang: string): string => JSON.stringify({ lang, path: 'a', text });
    const input = fileWith('in.jsonl', [line('ts'), line('py'), line('ts')].join('\n'));
    const { out } = await run(withModel('loss', '--input', input, '--json', '--max-windows', '2'));
    expect(JSON.parse(out)).toMatchObject({ ts: { windows: 2 }, py: { windows: 2 } });
  });
});

describe('logits', () => {
  it('writes one float32 row per token', async () => {
    const engine = new FakeEngine(() => Promise.resolve({}));
    engine.logitsOf = (token) => Array.from({ length: FAKE_INFO.vocabSize }, () => token);
    const out = path.join(folder, 'logits.f32');
    expect((await run(withModel('logits', '--tokens', '7, 9', '--out', out), engine)).exitCode).toBe(0);
    const bytes = readFileSync(out);
    expect(bytes).toHaveLength(2 * FAKE_INFO.vocabSize * 4);
    expect(bytes.readFloatLE(0)).toBe(7);
    expect(bytes.readFloatLE(FAKE_INFO.vocabSize * 4)).toBe(9);
  });

  it('refuses a token outside the vocabulary', async () => {
    const { exitCode, err } = await run(withModel('logits', '--tokens', '300', '--out', path.join(folder, 'o')));
    expect(exitCode).toBe(1);
    expect(err).toContain('invalid-argument: Token 300');
  });
});

describe('bench', () => {
  it('reports medians with the names that scripts read', async () => {
    const script: Script = ({ maxTokens }) =>
      Promise.resolve({ stopReason: 'max-tokens', generatedTokens: maxTokens, prefillMs: 100, decodeMs: 200, decodeBytes: 2e6 });
    const { exitCode, out } = await run(withModel('bench', '--json', '--prompt-tokens', '50', '--tokens', '21'), new FakeEngine(script));
    expect(exitCode).toBe(0);
    // 21 tokens are 20 decode steps: 20 / 0.2 s; 2e6 / 20 bytes; 1e5 * 100 / 1e9 of the bandwidth.
    expect(JSON.parse(out)).toMatchObject({
      decodeTokensPerSecond: 100,
      prefillTokensPerSecond: 500,
      bytesPerToken: 100_000,
      bandwidthShare: 0.01,
      readBandwidthBytesPerSecond: 1e9,
      isa: 'portable',
      threads: 2,
      repeat: 3,
    });
  });

  it('refuses runs that do not fit into the context', async () => {
    expect((await run(withModel('bench', '--prompt-tokens', '250'))).err).toContain('context-overflow');
  });
});

describe('convert and inspect', () => {
  it('hand the types on, each defaulting to --type, and copy the tokenizer', async () => {
    const asked: NativeConvertOptions[] = [];
    const binding: Partial<NativeBinding> = {
      convert: (options, onProgress) => {
        asked.push(options);
        onProgress('wrote tensors');
      },
    };
    const target = path.join(folder, 'sub.gguf');
    const { exitCode, out } = await run(
      ['convert', '--input', folder, '--output', target, '--type', 'q4_0', '--embedding-type', 'q8_0'],
      undefined,
      binding,
    );
    expect(exitCode).toBe(0);
    expect(asked).toMatchObject([
      { format: 'bamboo', attentionType: 'q4_0', embeddingType: 'q8_0', ffnType: 'q4_0', predictorType: 'q4_0' },
    ]);
    expect(out).toContain('wrote tensors');
  });

  it('show what a file contains', async () => {
    expect((await run(['inspect', 'x.gguf'])).out).toContain('general.name = fake');
    expect(JSON.parse((await run(['inspect', 'x.gguf', '--json'])).out)).toMatchObject({ magic: 'GGUF' });
  });
});

describe('manifest', () => {
  it('writes what the model locator reads', async () => {
    const identity = ['--file', path.basename(model.modelPath), '--name', 'echo', '--version', '1', '--license', 'MIT'];
    expect((await run(['manifest', folder, ...identity])).exitCode).toBe(0);
    const manifest = await readModelManifest(folder);
    expect(manifest).toMatchObject({ name: 'echo', model: { file: 'echo.gguf', bytes: 4 } });
    expect(await checkManifestFile(folder, manifest.tokenizer)).toBe('intact');
  });

  it('names a model file that is not there', async () => {
    const { exitCode, err } = await run(['manifest', folder, '--file', 'no.gguf', '--name', 'n', '--version', '1', '--license', 'MIT']);
    expect(exitCode).toBe(1);
    expect(err).toContain('file-not-found');
  });
});

describe('complete', () => {
  it('prints the suggestion of the editor pipeline at the place', async () => {
    const source = fileWith('code.ts', 'const total = add(1, 2);\nconst twice = \n');
    const script: Script = (_params, emit) => {
      emit('total * 2;');
      return Promise.resolve({ stopReason: 'stop-string' });
    };
    const { exitCode, out, err } = await run(withModel('complete', '--at', `${source}:2:15`, '--single-line'), new FakeEngine(script));
    expect(err).toMatch(/\d+ ms: prefill/);
    expect(out).toBe('total * 2;\n');
    expect(exitCode).toBe(0);
  });

  it('gives text, timings and the reason for silence as JSON', async () => {
    const source = fileWith('code.ts', 'const a = \n');
    const engine = new FakeEngine(answering(''));
    const { out } = await run(withModel('complete', '--at', `${source}:1:11`, '--json', '--single-line'), engine);
    expect(JSON.parse(out)).toMatchObject({ kind: 'none', reason: 'empty-middle', timings: [{ generatedTokens: 0 }] });
  });

  it('shows the model what the file imports from its project, and no secrets', async () => {
    const price = 'export function price(amount: number): number;';
    fileWith('price.ts', price.replace(';', ' {\n  return amount;\n}\n'));
    fileWith('secrets.yaml', 'price: amount');
    const source = fileWith('cart.ts', "import { price } from './price';\nconst total = price\n");
    const engine = new FakeEngine(answering(''));
    await run(withModel('complete', '--at', `${source}:2:20`, '--single-line', '--context', folder), engine);
    const text = Buffer.from(Uint8Array.from(engine.asked[0]?.promptTokens ?? [], (id) => Math.max(0, id - FIRST_BYTE_ID))).toString();
    expect(text).toContain(price.slice(0, -1)); // a semicolon and a line break are one token
    expect(text).not.toContain('price: amount');
    const outside = await run(withModel('complete', '--at', `${source}:2:20`, '--context', path.join(folder, 'elsewhere')));
    expect(outside.exitCode).toBe(2);
    expect(outside.err).toContain('does not lie in');
  });

  it('refuses a line that the file does not have', async () => {
    const source = fileWith('code.ts', 'one\n');
    expect((await run(withModel('complete', '--at', `${source}:9:1`))).err).toContain('the file has 2');
  });
});
