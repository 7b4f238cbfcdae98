/**
 * Text to token ids and token ids to bytes for one model, over its tokenizer.json.
 * Text is never searched for special tokens: a file that contains "<|fim_middle|>" is only text; special tokens are looked up by name.
 * It does not decode streams (worker/backends/utf8Stream) and does not know prompts.
 */
import { readFile } from 'node:fs/promises';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import * as v from 'valibot';
import { EngineError } from '../protocol/engineError';
import { BYTE_CHARACTERS, bytesOfByteLevelToken } from './byteLevel';
import { ChunkMemo } from './chunkMemo';
import { malformedTokenizer, missingTokenizer } from './modelErrors';
import { LINE_BOUNDARY_PATTERN, splitAtLineBoundaries } from './lineChunks';
import { joinTokenBytes, type TokenByteTable } from './tokenByteTable';

export interface Tokenizer {
  /** Number of token ids, special ones included. */
  readonly vocabSize: number;
  /** `continues`: the text goes on from other text of the same prompt; a text that begins may get a mark of its own in front. */
  encode(text: string, continues?: boolean): readonly number[];
  /** Names of special tokens, such as "<|endoftext|>", and their ids. */
  readonly specialTokens: ReadonlyMap<string, number>;
  specialToken(name: string): number | undefined;
  /** Padded with empty tokens, or 'malformed-tokenizer' when the tokenizer has more tokens than the model. */
  byteTable(modelVocabSize: number): TokenByteTable;
}

/** At about 40 characters and 15 ids a line, 8192 chunks are a few MB. */
export const MEMO_LIMITS = { entries: 8192, chunkChars: 1024 } as const;

const fileSchema = v.looseObject({
  model: v.looseObject({
    type: v.literal('BPE', 'only byte-level BPE tokenizers are supported'),
    vocab: v.record(v.string(), v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000_000))),
    merges: v.array(v.union([v.string(), v.pipe(v.array(v.string()), v.length(2))])),
  }),
  added_tokens: v.array(v.looseObject({ id: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000_000)), content: v.string() })),
  pre_tokenizer: v.nullable(v.looseObject({ type: v.string() })),
  decoder: v.looseObject({ type: v.literal('ByteLevel', 'only byte-level BPE tokenizers are supported') }),
});
type TokenizerFile = v.InferOutput<typeof fileSchema>;

/** Errors: 'missing-tokenizer', 'malformed-tokenizer'. */
export async function loadTokenizer(path: string): Promise<Tokenizer> {
  let json: string;
  try {
    json = await readFile(path, 'utf8');
  } catch {
    throw missingTokenizer(path);
  }
  return createTokenizer(json, path);
}

/** `path` is only named in errors. */
export function createTokenizer(json: string, path: string): Tokenizer {
  const file = parseTokenizerFile(json, path);
  const encoder = buildEncoder(file, path);
  const special = new Map(file.added_tokens.map((token) => [token.content, token.id]));
  const memo = new ChunkMemo(MEMO_LIMITS.entries, MEMO_LIMITS.chunkChars, encoder);
  const chunked = isLineBoundaryPreTokenizer(file);
  const tokens = tokensById(file);
  return {
    vocabSize: tokens.length,
    encode: (text) => (chunked ? memo.encodeAll(splitAtLineBoundaries(text)) : encoder(text)),
    specialTokens: special,
    specialToken: (name) => special.get(name),
    byteTable: (modelVocabSize) => buildByteTable(tokens, new Set(special.values()), modelVocabSize, path),
  };
}

function parseTokenizerFile(json: string, path: string): TokenizerFile {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw malformedTokenizer(path, error instanceof Error ? error.message : 'it is not JSON');
  }
  const result = v.safeParse(fileSchema, value);
  if (!result.success) {
    const [issue] = result.issues;
    throw malformedTokenizer(path, `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  }
  const { vocab } = result.output.model;
  const absent = BYTE_CHARACTERS.find((character) => !Object.hasOwn(vocab, character));
  if (absent !== undefined) {
    // The library would leave such text out without a word.
    throw malformedTokenizer(path, `its vocabulary has no token for the byte written "${absent}"`);
  }
  return result.output;
}

/** Without added tokens the library takes every character as text, which is what makes user files safe. */
function buildEncoder(file: TokenizerFile, path: string): (text: string) => number[] {
  try {
    const library = new HuggingFaceTokenizer({ normalizer: null, post_processor: null, ...file, added_tokens: [] }, {});
    const encode = (text: string): number[] => (text === '' ? [] : library.encode(text, { add_special_tokens: false }).ids);
    encode('a');
    return encode;
  } catch (error) {
    throw malformedTokenizer(path, error instanceof Error ? error.message : String(error));
  }
}

function isLineBoundaryPreTokenizer(file: TokenizerFile): boolean {
  const split = v.looseObject({
    type: v.literal('Split'),
    pattern: v.object({ Regex: v.literal(LINE_BOUNDARY_PATTERN) }),
    behavior: v.literal('Isolated'),
    invert: v.literal(false),
  });
  const byteLevel = v.looseObject({ type: v.literal('ByteLevel'), add_prefix_space: v.literal(false), use_regex: v.literal(false) });
  const known = v.looseObject({
    normalizer: v.nullish(v.null()),
    pre_tokenizer: v.looseObject({ type: v.literal('Sequence'), pretokenizers: v.strictTuple([split, byteLevel]) }),
  });
  return v.is(known, file);
}

function tokensById(file: TokenizerFile): readonly (string | undefined)[] {
  const tokens: (string | undefined)[] = [];
  for (const [token, id] of Object.entries(file.model.vocab)) {
    tokens[id] = token;
  }
  for (const { id, content } of file.added_tokens) {
    tokens[id] = content;
  }
  return tokens;
}

function buildByteTable(
  tokens: readonly (string | undefined)[],
  specialIds: ReadonlySet<number>,
  modelVocabSize: number,
  path: string,
): TokenByteTable {
  if (tokens.length > modelVocabSize) {
    throw malformedTokenizer(path, `it has ${tokens.length} tokens and the model ${modelVocabSize}`);
  }
  const parts = Array.from({ length: modelVocabSize }, (_, id) => {
    const token = specialIds.has(id) ? undefined : tokens[id];
    const bytes = token === undefined ? new Uint8Array() : bytesOfByteLevelToken(token);
    if (bytes === undefined) {
      throw malformedTokenizer(path, `token ${id} is not written in the byte-level alphabet`);
    }
    return bytes;
  });
  return joinTokenBytes(parts);
}

/** 'invalid-request' names the token that the model does not have. */
export function requireSpecialToken(tokenizer: Tokenizer, name: string): number {
  const id = tokenizer.specialToken(name);
  if (id === undefined) {
    throw new EngineError('invalid-request', `The model has no special token "${name}". Choose a prompt form that belongs to this model.`);
  }
  return id;
}
