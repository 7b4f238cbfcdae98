/**
 * What our SentencePiece tokenizer is compared with: the vocabularies of Llama 2 and of Mistral (Bamboo-7B's) from npm packages,
 * the encoders of those packages, and Google's SentencePiece itself (compiled to WebAssembly) over a model file made of the same pieces.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SentencePieceProcessor } from '@agnai/sentencepiece-js';
import llamaTokenizer from 'llama-tokenizer-js';
import mistralTokenizer from 'mistral-tokenizer-js';
import type { Metadata, StringArray } from '../../../src/model/modelMetadata';
import { PIECE_KIND } from '../../../src/model/sentencePieceVocabulary';

export interface Piece {
  readonly text: string;
  readonly score: number;
  readonly kind: number;
}

export const REFERENCE_NAMES = ['llama2', 'mistral'] as const;
export type ReferenceName = (typeof REFERENCE_NAMES)[number];

const PACKAGES = { llama2: llamaTokenizer, mistral: mistralTokenizer } as const;

/**
 * Both models number their pieces in the order in which training made them, and score them 0, -1, -2, … from the first after the bytes;
 * runs of blanks come last of all (the packages' lists of merges, which were made from the scores, say the same).
 */
const FIRST_TEXT_PIECE = 259;
const SCORE_OF_BLANKS = -1e9;

export function referencePieces(name: ReferenceName): Piece[] {
  return PACKAGES[name].vocabById.map((text, id) => ({
    text,
    score: /^\u2581{2,}$/.test(text) ? SCORE_OF_BLANKS : Math.min(0, FIRST_TEXT_PIECE - id),
    kind: id === 0 ? PIECE_KIND.unknown : id < 3 ? PIECE_KIND.control : id < FIRST_TEXT_PIECE ? PIECE_KIND.byte : PIECE_KIND.normal,
  }));
}

/** The ids of the package, without a token for the begin of the text. */
export function packageEncode(name: ReferenceName, text: string): number[] {
  return PACKAGES[name].encode(text.toWellFormed(), false, true);
}

/** What a converter writes into a GGUF file, as the native library hands it over. */
export function vocabularyMetadata(pieces: readonly Piece[]): Metadata {
  return {
    'tokenizer.ggml.model': 'llama',
    'tokenizer.ggml.tokens': stringArray(pieces.map((piece) => piece.text)),
    'tokenizer.ggml.scores': Float64Array.from(pieces, (piece) => piece.score),
    'tokenizer.ggml.token_type': Float64Array.from(pieces, (piece) => piece.kind),
    'tokenizer.ggml.bos_token_id': 1,
    'tokenizer.ggml.eos_token_id': 2,
    'tokenizer.ggml.unknown_token_id': 0,
    'tokenizer.ggml.add_bos_token': true,
    'tokenizer.ggml.add_eos_token': false,
  };
}

export function stringArray(strings: readonly (string | Uint8Array)[]): StringArray {
  const parts = strings.map((text) => (typeof text === 'string' ? Buffer.from(text) : text));
  const offsets = new Uint32Array(parts.length + 1);
  parts.forEach((part, i) => (offsets[i + 1] = (offsets[i] ?? 0) + part.length));
  return { bytes: Uint8Array.from(Buffer.concat(parts)), offsets };
}

/** SentencePiece over the given pieces: BPE with byte fallback, text used as it is, a blank in front. */
export async function sentencePieceOver(pieces: readonly Piece[]): Promise<SentencePieceProcessor> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bamboo-sentencepiece-'));
  try {
    const file = path.join(folder, 'tokenizer.model');
    writeFileSync(file, modelProto(pieces));
    const processor = new SentencePieceProcessor();
    await processor.load(file);
    return processor;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A ModelProto of sentencepiece_model.proto; field numbers are from there. */
function modelProto(pieces: readonly Piece[]): Buffer {
  const entries = pieces.map(({ text, score, kind }) => {
    const float = Buffer.alloc(4);
    float.writeFloatLE(score);
    return bytesField(1, Buffer.concat([bytesField(1, Buffer.from(text)), Buffer.from([(2 << 3) | 5]), float, numberField(3, kind)]));
  });
  const [modelTypeBpe, byteFallback] = [numberField(3, 2), numberField(35, 1)];
  const [addDummyPrefix, removeExtraBlanks, escapeBlanks] = [numberField(3, 1), numberField(4, 0), numberField(5, 1)];
  return Buffer.concat([
    ...entries,
    bytesField(2, Buffer.concat([modelTypeBpe, byteFallback])),
    bytesField(3, Buffer.concat([bytesField(1, Buffer.from('identity')), addDummyPrefix, removeExtraBlanks, escapeBlanks])),
  ]);
}

function numberField(field: number, value: number): Buffer {
  return Buffer.from([...varint(field << 3), ...varint(value)]);
}

function bytesField(field: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([...varint((field << 3) | 2), ...varint(content.length)]), content]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}
