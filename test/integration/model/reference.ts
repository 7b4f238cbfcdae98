/**
 * What the engine is compared with: synthetic models and float64 logits, both made by the Python scripts in test/fixtures,
 * and the golden output of another program.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY } from '../workerBundle';

const execute = promisify(execFile);

const FIXTURES = path.join(REPOSITORY, 'test', 'fixtures');
const GENERATED = path.join(FIXTURES, 'generated');
export const GOLDEN = path.join(REPOSITORY, 'test', 'golden');

export const TINY_FORMS = ['pwri', 'dense', 'llama'] as const;
export type TinyForm = (typeof TINY_FORMS)[number];
export type TinyType = 'f16' | 'q4_0' | 'f32';
export const TINY_VOCAB_SIZE = 512;

const TINY_NAMES: Readonly<Record<TinyType, string>> = { f16: 'tiny', q4_0: 'tiny_q4', f32: 'tiny_f32' };

/** Writes the three files of one weight type; tinyModelPath() names them. */
export async function makeTinyModels(type: TinyType): Promise<void> {
  await runPython('make_tiny_models.py', ['tiny', GENERATED, type]);
}

/** Writes the tiny model of ReluLLaMA's and ProSparse's form at Q4_0: a ReLU in the gate, keys and values for every head. */
export async function makeTinyReluModels(): Promise<void> {
  await runPython('make_tiny_models.py', ['tiny_relu', GENERATED, 'q4_0']);
}

export function tinyReluModelPath(form: TinyForm): string {
  return path.join(GENERATED, `tiny_relu_q4.${form}.gguf`);
}

export function tinyModelPath(type: TinyType, form: TinyForm): string {
  return path.join(GENERATED, `${TINY_NAMES[type]}.${form}.gguf`);
}

export type LargeShape = '7b' | 'relullama7b';

/** Writes one file of 4 GB: the shape of Bamboo-7B or of ReluLLaMA-7B. largeModelPath() names it. */
export async function makeLargeModel(shape: LargeShape, form: TinyForm): Promise<void> {
  await runPython('make_tiny_models.py', [shape, GENERATED, '--form', form]);
}

export function largeModelPath(shape: LargeShape, form: TinyForm): string {
  return path.join(GENERATED, `${shape}.${form}.gguf`);
}

export function removeLargeModel(shape: LargeShape, form: TinyForm): void {
  rmSync(largeModelPath(shape, form), { force: true });
}

/** One small random model for each variant of the format; variantPath() names them. Resolves with the names. */
export async function makeVariantModels(): Promise<string[]> {
  await runPython('make_variant_models.py', [GENERATED]);
  return readdirSync(GENERATED).flatMap((file) => /^variant_(.+)\.gguf$/.exec(file)?.[1] ?? []);
}

export function variantPath(name: string): string {
  return path.join(GENERATED, `variant_${name}.gguf`);
}

/** Rows of all sequences, [n_tokens, vocab_size]. */
export async function referenceLogits(modelPath: string, sequences: readonly Int32Array[]): Promise<Float32Array> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bamboo-reference-'));
  try {
    const tokens = path.join(folder, 'tokens.txt');
    const out = path.join(folder, 'logits.f32');
    writeFileSync(tokens, sequences.map((sequence) => `${sequence.join(' ')}\n`).join(''));
    await runPython('reference_forward.py', [modelPath, tokens, out]);
    return readFloat32(out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface PeerGolden {
  readonly prompt: Int32Array;
  /** Greedy tokens after the prompt. */
  readonly continuation: Int32Array;
  /** [continuation.length + 1, TINY_VOCAB_SIZE]; row 0 belongs to the last prompt position. */
  readonly logits: Float32Array;
}

/** PowerInfer's output for a tiny model, dense or ('pwri') masked by the predictors; test/golden/README.md says how it was made. */
export function peerGolden(type: 'f16' | 'q4_0', form: 'dense' | 'pwri' = 'dense'): PeerGolden {
  const stem = path.join(GOLDEN, 'peers', `golden_${TINY_NAMES[type]}.${form}`);
  const { gen } = JSON.parse(readFileSync(`${stem}.json`, 'utf8')) as { gen: number[] };
  return { prompt: Int32Array.of(1, 300, 17, 260, 411, 5), continuation: Int32Array.from(gen), logits: readFloat32(`${stem}.bin`) };
}

export function readFloat32(file: string): Float32Array {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

let python: Promise<string> | undefined;

async function runPython(script: string, args: readonly string[]): Promise<void> {
  python ??= findPython();
  // The scripts use the processors themselves; a BLAS with threads of its own would only spin beside them.
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };
  await execute(await python, [path.join(FIXTURES, script), ...args], { env });
}

/** The first python3 can be one without numpy that hides the system's. */
async function findPython(): Promise<string> {
  for (const candidate of ['python3', '/usr/bin/python3']) {
    try {
      await execute(candidate, ['-c', 'import numpy']);
      return candidate;
    } catch {
      // The next one may have it.
    }
  }
  throw new Error('No python3 with numpy was found: install it with "apt-get install python3-numpy" or "pip install numpy".');
}
