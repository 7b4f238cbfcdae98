/**
 * Text to token ids and token ids to bytes over a SentencePiece vocabulary, the same ids as SentencePiece gives.
 * Blanks become U+2581, characters without a piece become byte tokens, and control tokens are never found in text.
 * Pieces of the kind "unused" are left out altogether; the vocabularies of Llama 2 and Mistral have none.
 */
import { ChunkMemo } from './chunkMemo';
import { malformedVocabulary } from './modelErrors';
import { PieceBoundaries } from './pieceBoundaries';
import { mergePieces, type MergeTable } from './pieceMerge';
import { isTextPiece, PIECE_KIND, type SentencePieceVocabulary } from './sentencePieceVocabulary';
import { joinTokenBytes, type TokenByteTable } from './tokenByteTable';
import { MEMO_LIMITS, type Tokenizer } from './tokenizer';

const BLANK = '\u2581';

/** `modelPath` is only named in errors. */
export function createSentencePieceTokenizer(vocabulary: SentencePieceVocabulary, modelPath: string): Tokenizer {
  const { pieces, addSpacePrefix } = vocabulary;
  const textIds = [...pieces.keys()].filter((id) => isTextPiece(vocabulary, id));
  const encodeChunk = chunkEncoder(vocabulary, textIds);
  const boundaries = new PieceBoundaries(textIds.map((id) => pieces[id] ?? ''));
  const memo = new ChunkMemo(MEMO_LIMITS.entries, MEMO_LIMITS.chunkChars, encodeChunk);
  const special = specialTokensOf(vocabulary);
  return {
    vocabSize: pieces.length,
    encode(text, continues = false) {
      if (text === '') return [];
      // Lone surrogates become U+FFFD, which is what SentencePiece makes of bytes that are not UTF-8.
      const escaped = text.toWellFormed().replaceAll(' ', BLANK);
      return memo.encodeAll(boundaries.split(addSpacePrefix && !continues ? BLANK + escaped : escaped));
    },
    specialTokens: special,
    specialToken: (name) => special.get(name),
    byteTable: (modelVocabSize) => byteTable(vocabulary, modelVocabSize, modelPath),
  };
}

function chunkEncoder(vocabulary: SentencePieceVocabulary, textIds: readonly number[]): (chunk: string) => readonly number[] {
  const { pieces, byteTokens } = vocabulary;
  const idOfPiece = new Map(textIds.map((id) => [pieces[id] ?? '', id]));
  const table = mergeTable(vocabulary, textIds);
  const utf8 = new TextEncoder();
  return (chunk) =>
    mergePieces(chunk, table).flatMap((piece) => idOfPiece.get(piece) ?? Array.from(utf8.encode(piece), (byte) => byteTokens[byte] ?? 0));
}

function mergeTable({ pieces, scores, kinds }: SentencePieceVocabulary, textIds: readonly number[]): MergeTable {
  const distinct = [...new Set(textIds.map((id) => scores[id] ?? 0))].sort((a, b) => b - a);
  const rankOfScore = new Map(distinct.map((score, rank) => [score, rank]));
  const ranks = new Map<string, number>();
  const wholePieces = new Set<string>();
  let longestPiece = 0;
  for (const id of textIds) {
    const piece = pieces[id] ?? '';
    ranks.set(piece, rankOfScore.get(scores[id] ?? 0) ?? 0);
    longestPiece = Math.max(longestPiece, piece.length);
    if (kinds[id] === PIECE_KIND.userDefined) wholePieces.add(piece);
  }
  return { ranks, longestPiece, wholePieces, wholeLengths: lengthsByFirstUnit(wholePieces) };
}

function lengthsByFirstUnit(pieces: ReadonlySet<string>): Map<number, number[]> {
  const lengths = new Map<number, number[]>();
  const longestFirst = [...pieces].map((piece) => [piece.charCodeAt(0), piece.length] as const).sort((a, b) => b[1] - a[1]);
  for (const [unit, length] of longestFirst) {
    const known = lengths.get(unit) ?? [];
    if (known.at(-1) !== length) known.push(length);
    lengths.set(unit, known);
  }
  return lengths;
}

function specialTokensOf({ pieces, kinds }: SentencePieceVocabulary): Map<string, number> {
  const special = new Map<string, number>();
  for (const [id, piece] of pieces.entries()) {
    const kind = kinds[id];
    const named = kind === PIECE_KIND.control || kind === PIECE_KIND.userDefined;
    if (named && !isTextPiece({ pieces, kinds }, id)) special.set(piece, id);
  }
  return special;
}

function byteTable(vocabulary: SentencePieceVocabulary, modelVocabSize: number, modelPath: string): TokenByteTable {
  const { pieces, byteTokens } = vocabulary;
  if (pieces.length > modelVocabSize) {
    throw malformedVocabulary(modelPath, `it has ${pieces.length} tokens and the model ${modelVocabSize}`);
  }
  const nothing = new Uint8Array();
  const utf8 = new TextEncoder();
  const tokens = Array.from({ length: modelVocabSize }, (_, id) =>
    id < pieces.length && isTextPiece(vocabulary, id) ? utf8.encode(pieces[id]?.replaceAll(BLANK, ' ')) : nothing,
  );
  for (const [byte, id] of byteTokens.entries()) {
    tokens[id] = Uint8Array.of(byte);
  }
  return joinTokenBytes(tokens);
}
