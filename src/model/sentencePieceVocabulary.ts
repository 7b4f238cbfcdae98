/**
 * The SentencePiece vocabulary inside a GGUF file (tokenizer.ggml.model = "llama"), checked: pieces, their scores and their kinds.
 * It does not tokenize.
 */
import { VocabularyKeys, type Metadata } from './modelMetadata';

/** tokenizer.ggml.token_type, numbered as in sentencepiece_model.proto. */
export const PIECE_KIND = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

export interface SentencePieceVocabulary {
  readonly pieces: readonly string[];
  /** Values of PIECE_KIND. */
  readonly kinds: ArrayLike<number>;
  /** The highest is merged first. */
  readonly scores: ArrayLike<number>;
  /** Byte -> the token that stands for it. */
  readonly byteTokens: readonly number[]; // [256]
  /** A text that begins gets a blank in front, so that its first word is the word it would be inside a text. */
  readonly addSpacePrefix: boolean;
}

const KINDS: ReadonlySet<number> = new Set(Object.values(PIECE_KIND));
/** Far above any known vocabulary (Gemma: 256,000 pieces, 2 MB). Ranks of pieces must stay below 2^21, pairs of characters below 2^24. */
const LIMITS = { count: 2_000_000, bytes: 2 ** 24 } as const;

/** Error: 'malformed-tokenizer', which names file and key. */
export function readSentencePieceVocabulary(metadata: Metadata, modelPath: string): SentencePieceVocabulary {
  const keys = new VocabularyKeys(modelPath, metadata);
  const pieces = keys.strings('tokenizer.ggml.tokens', LIMITS);
  const scores = keys.numbers('tokenizer.ggml.scores', pieces.length);
  if (!scores.every(Number.isFinite)) keys.fail('tokenizer.ggml.scores has a value that is not finite');
  const kinds = keys.numbers('tokenizer.ggml.token_type', pieces.length);
  const unknownKind = kinds.find((kind) => !KINDS.has(kind));
  if (unknownKind !== undefined) keys.fail(`tokenizer.ggml.token_type has the unknown type ${unknownKind}`);
  refuseOtherNormalization(keys);
  refuseAmbiguousPieces(keys, pieces, kinds);
  return {
    pieces,
    kinds,
    scores,
    byteTokens: byteTokensOf(keys, pieces, kinds),
    addSpacePrefix: keys.flag('tokenizer.ggml.add_space_prefix') ?? true,
  };
}

/** Pieces that text can become. */
export function isTextPiece(vocabulary: Pick<SentencePieceVocabulary, 'pieces' | 'kinds'>, id: number): boolean {
  const kind = vocabulary.kinds[id];
  return kind === PIECE_KIND.normal || (kind === PIECE_KIND.userDefined && !isMarker(vocabulary.pieces[id] ?? ''));
}

/** Converters list the markers of chat templates as user-defined pieces. In a document they are only text, like control tokens. */
function isMarker(piece: string): boolean {
  return /^<\|.+\|>$/s.test(piece);
}

/** The models that this serves use text as it is; other rules would change it before it is cut into pieces. */
function refuseOtherNormalization(keys: VocabularyKeys): void {
  if (keys.flag('tokenizer.ggml.remove_extra_whitespaces') === true) {
    keys.fail('it asks for runs of blanks to be shortened (tokenizer.ggml.remove_extra_whitespaces), which is not supported');
  }
  if (keys.has('tokenizer.ggml.precompiled_charsmap')) {
    keys.fail('it asks for characters to be replaced (tokenizer.ggml.precompiled_charsmap), which is not supported');
  }
}

function refuseAmbiguousPieces(keys: VocabularyKeys, pieces: readonly string[], kinds: ArrayLike<number>): void {
  const known = new Set<string>();
  for (const [id, piece] of pieces.entries()) {
    if (!isTextPiece({ pieces, kinds }, id)) continue;
    if (piece === '') keys.fail(`token ${id} is empty`);
    if (known.has(piece)) keys.fail(`two tokens are "${piece}"`);
    known.add(piece);
  }
}

function byteTokensOf(keys: VocabularyKeys, pieces: readonly string[], kinds: ArrayLike<number>): number[] {
  const byteTokens: number[] = [];
  for (const [id, piece] of pieces.entries()) {
    if (kinds[id] !== PIECE_KIND.byte) continue;
    const hex = /^<0x([0-9A-F]{2})>$/.exec(piece)?.[1] ?? keys.fail(`token ${id} is a byte, but is called "${piece}"`);
    byteTokens[Number.parseInt(hex, 16)] = id;
  }
  for (let byte = 0; byte < 256; byte++) {
    // Text outside of the pieces would be lost without a word.
    if (byteTokens[byte] === undefined) keys.fail(`it has no token for the byte 0x${byte.toString(16).padStart(2, '0')}`);
  }
  return byteTokens;
}
