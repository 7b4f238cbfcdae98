/**
 * Text in and out of one model: its tokenizer, wherever it is, and the tokens that its prompts begin and its answers end with.
 * A SentencePiece vocabulary is used from the GGUF file itself; other vocabularies need the tokenizer.json that belongs to them,
 * beside the file or inside its metadata.
 */
import { existsSync } from 'node:fs';
import type { ChatForm } from '../protocol/engineProtocol';
import { chatFormOf } from './chatForm';
import { unusableVocabulary } from './modelErrors';
import { VocabularyKeys, type Metadata, type ReadMetadata } from './modelMetadata';
import { tokenizerPathOf } from './modelLocator';
import { createSentencePieceTokenizer } from './sentencePieceTokenizer';
import { readSentencePieceVocabulary } from './sentencePieceVocabulary';
import { SpecialTokenSplitter } from './specialTokenSplitter';
import { createTokenizer, loadTokenizer, type Tokenizer } from './tokenizer';

export interface ModelText {
  readonly tokenizer: Tokenizer;
  /** What the model was trained to find before every text; at most one token. */
  readonly beginTokens: readonly number[];
  /** What the model writes when its text or, in a conversation, its turn is complete. */
  readonly endTokens: readonly number[];
  /** Finds special tokens in what a chat template wrote. */
  readonly template: SpecialTokenSplitter;
  /** Absent for models that were not trained to chat. */
  readonly chat: ChatForm | undefined;
}

const METADATA_PREFIX = 'tokenizer.';
const KIND_KEY = 'tokenizer.ggml.model';
const SENTENCE_PIECE = 'llama';
/** A whole tokenizer.json as a string; the GGUF specification names the key. */
const EMBEDDED_JSON_KEY = 'tokenizer.huggingface.json';

/** Errors: 'missing-tokenizer', 'malformed-tokenizer', and those of opening a model file. */
export async function loadModelText(modelPath: string, readMetadata: ReadMetadata): Promise<ModelText> {
  const metadata = readMetadata(modelPath, METADATA_PREFIX);
  const tokenizer = await tokenizerOf(metadata, modelPath);
  const { beginTokens, endTokens } = frameTokens(metadata, modelPath, tokenizer.vocabSize);
  const chat = chatFormOf(metadata, modelPath, tokenizer);
  const turnEnd = chat?.turnEndId;
  return {
    tokenizer,
    beginTokens,
    endTokens: turnEnd === undefined || endTokens.includes(turnEnd) ? endTokens : [...endTokens, turnEnd],
    template: new SpecialTokenSplitter(tokenizer.specialTokens),
    chat: chat?.form,
  };
}

async function tokenizerOf(metadata: Metadata, modelPath: string): Promise<Tokenizer> {
  const keys = new VocabularyKeys(modelPath, metadata);
  const kind = keys.text(KIND_KEY);
  if (kind === SENTENCE_PIECE) {
    return createSentencePieceTokenizer(readSentencePieceVocabulary(metadata, modelPath), modelPath);
  }
  const tokenizerPath = tokenizerPathOf(modelPath);
  if (!existsSync(tokenizerPath)) {
    const json = keys.text(EMBEDDED_JSON_KEY);
    if (json !== undefined) return createTokenizer(json, `${EMBEDDED_JSON_KEY} in ${modelPath}`);
    if (kind !== undefined) throw unusableVocabulary(modelPath, tokenizerPath, kind);
  }
  return loadTokenizer(tokenizerPath);
}

/** add_eos_token is not looked at: it is about texts for training, and a prompt is there to be continued. */
function frameTokens(metadata: Metadata, modelPath: string, vocabSize: number): Pick<ModelText, 'beginTokens' | 'endTokens'> {
  const keys = new VocabularyKeys(modelPath, metadata);
  const begin = keys.tokenId('tokenizer.ggml.bos_token_id', vocabSize);
  const end = keys.tokenId('tokenizer.ggml.eos_token_id', vocabSize);
  const addsBegin = keys.flag('tokenizer.ggml.add_bos_token') ?? keys.text(KIND_KEY) === SENTENCE_PIECE;
  return { beginTokens: begin !== undefined && addsBegin ? [begin] : [], endTokens: end === undefined ? [] : [end] };
}
