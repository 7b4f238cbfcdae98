/**
 * Google's SentencePiece over the vocabulary of a model file, to check what the command line makes of text.
 */
import type { SentencePieceProcessor } from '@agnai/sentencepiece-js';
import type { StringArray } from '../../../src/model/modelMetadata';
import { loadNativeBinding } from '../../../src/worker/nativeBinding';
import { PIECE_KIND } from '../../../src/model/sentencePieceVocabulary';
import { sentencePieceOver, type Piece } from '../../unit/model/referenceTokenizers';
import { ADDON } from './engineChild';

export interface ModelVocabulary {
  readonly sentencePiece: SentencePieceProcessor;
  /** The text of generated tokens; bytes that are no UTF-8 are U+FFFD, and a character that the end cuts off is left out. */
  readonly textOf: (ids: readonly number[]) => string;
}

export async function vocabularyOf(modelPath: string): Promise<ModelVocabulary> {
  const pieces = piecesOf(modelPath);
  return {
    sentencePiece: await sentencePieceOver(pieces),
    textOf: (ids) =>
      new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(ids.map((id) => bytesOf(pieces[id]))), { stream: true }),
  };
}

function piecesOf(modelPath: string): Piece[] {
  const metadata = loadNativeBinding(ADDON).readMetadata(modelPath, 'tokenizer.ggml.');
  const { bytes, offsets } = metadata['tokenizer.ggml.tokens'] as StringArray;
  const scores = metadata['tokenizer.ggml.scores'] as Float64Array;
  const kinds = metadata['tokenizer.ggml.token_type'] as Float64Array;
  return Array.from(scores, (score, id) => ({
    text: Buffer.from(bytes.subarray(offsets[id], offsets[id + 1])).toString('utf8'),
    score,
    kind: kinds[id] ?? PIECE_KIND.normal,
  }));
}

function bytesOf(piece: Piece | undefined): Uint8Array {
  if (piece?.kind === PIECE_KIND.byte) return Uint8Array.of(Number.parseInt(piece.text.slice(3, 5), 16));
  return piece?.kind === PIECE_KIND.normal ? Buffer.from(piece.text.replaceAll('\u2581', ' ')) : new Uint8Array();
}
