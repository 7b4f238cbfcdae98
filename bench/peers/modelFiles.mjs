// The model files that the engines run on: made when they are missing, read once so that every load is a warm one,
// and how many bytes of them one decoded token needs.
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const GENERATOR = fileURLToPath(new URL('../../test/fixtures/make_tiny_models.py', import.meta.url));
/** The tiny files have a name and a tensor type of their own in the generator; 7b is Q4_0 already. */
const FILES = { '7b': { name: '7b', args: ['7b'] }, tiny: { name: 'tiny_q4', args: ['tiny'], type: ['q4_0'] } };

export function modelFiles(folder, shape) {
  const { name, args, type = [] } = FILES[shape];
  const files = { bamboo: path.join(folder, `${name}.pwri.gguf`), llama: path.join(folder, `${name}.llama.gguf`) };
  if (!Object.values(files).every((file) => existsSync(file))) {
    mkdirSync(folder, { recursive: true });
    execFileSync('python3', [GENERATOR, ...args, folder, ...type], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return files;
}

const CHUNK_BYTES = 16 * 2 ** 20;

/** Reads the file once: afterwards it is in the page cache, if memory allows. */
export function readThrough(file) {
  const descriptor = openSync(file, 'r');
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  while (readSync(descriptor, buffer, 0, CHUNK_BYTES, null) > 0);
  closeSync(descriptor);
}

/**
 * Bytes of a dense model that one decode step reads: every matrix but the embedding, of which it reads one row,
 * and the keys and values (f16) of the positions before it, `meanPositions` on average.
 */
export function denseBytesPerToken({ tensors, metadata }, meanPositions) {
  const weights = tensors.filter(({ name }) => name !== 'token_embd.weight').reduce((sum, { bytes }) => sum + bytes, 0);
  const value = (key) => metadata[`${metadata['general.architecture']}.${key}`];
  const headWidth = value('embedding_length') / value('attention.head_count');
  const kvBytesPerPosition = 2 * 2 * value('block_count') * value('attention.head_count_kv') * headWidth;
  return weights + meanPositions * kvBytesPerPosition;
}
