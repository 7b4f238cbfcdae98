/**
 * What the worker accepts: one schema for the parameters of every message from the host, with the protocol's limits.
 * A message that does not fit is answered with 'invalid-request' before anything else sees it.
 */
import * as v from 'valibot';
import {
  KV_TYPES,
  LIMITS,
  METHOD,
  MODE_CHOICES,
  type CancelParams,
  type CountTokensParams,
  type GenerateRequest,
  type HelloParams,
  type InspectFileParams,
  type LoadModelParams,
  type PromptPart,
  type SetModeParams,
  type SetPausedParams,
} from '../protocol/engineProtocol';
import { invalidRequest } from './workerErrors';

const MAX_THREADS = 1024;
const MAX_CONTEXT_LENGTH = 1_048_576;
const MAX_NAME_LENGTH = 256;
const MAX_PATH_LENGTH = 32_768;
const MAX_STOP_TOKENS = 64;
const MAX_SEED = 0xffff_ffff;

const count = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME_LENGTH));
const requestId = name;
const utf8AtMost = (bytes: number) =>
  v.pipe(
    v.string(),
    v.check((text) => Buffer.byteLength(text, 'utf8') <= bytes, `longer than ${bytes} bytes`),
  );

const nothing = v.looseObject({});
const hello = v.object({ protocolVersion: v.pipe(v.number(), v.integer()) });
const cancel = v.object({ requestId });
const mode = v.picklist(MODE_CHOICES);
const setMode = v.object({ mode });
const setPaused = v.object({ paused: v.boolean() });
const modelPath = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(MAX_PATH_LENGTH),
  v.check((path) => !path.includes('\0'), 'a path with a zero character'),
);
const inspectFile = v.object({ modelPath });
const countTokens = v.object({
  texts: v.pipe(
    v.array(v.string()),
    v.maxLength(LIMITS.countedTexts),
    v.check((texts) => bytesOf(texts) <= LIMITS.promptBytes, `longer than ${LIMITS.promptBytes} bytes together`),
  ),
});
const loadModel = v.object({
  modelPath,
  threads: count(MAX_THREADS),
  contextLength: count(MAX_CONTEXT_LENGTH),
  kvType: v.exactOptional(v.picklist(KV_TYPES)),
});

const dropRank = v.exactOptional(count(LIMITS.promptParts));
const promptPart = v.variant('kind', [
  v.object({ kind: v.literal('special'), token: name, dropRank }),
  v.object({ kind: v.literal('text'), text: v.string(), trim: v.exactOptional(v.picklist(['start', 'end'])), dropRank }),
  v.object({ kind: v.literal('template'), text: v.string() }),
]);

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const sampling = v.object({
  temperature: v.pipe(v.number(), v.minValue(0), v.maxValue(100)),
  topK: count(1_000_000),
  topP: share,
  minP: share,
  repetitionPenalty: v.pipe(v.number(), v.minValue(0.01), v.maxValue(100)),
  seed: count(MAX_SEED),
});

const stop = v.object({
  strings: v.pipe(v.array(v.pipe(utf8AtMost(LIMITS.stopStringBytes), v.minLength(1))), v.maxLength(LIMITS.stopStrings)),
  tokens: v.pipe(v.array(name), v.maxLength(MAX_STOP_TOKENS)),
});

const generate = v.object({
  requestId,
  priority: v.picklist(['completion', 'chat']),
  prompt: v.pipe(
    v.array(promptPart),
    v.minLength(1),
    v.maxLength(LIMITS.promptParts),
    v.check((parts) => promptBytes(parts) <= LIMITS.promptBytes, `the prompt is longer than ${LIMITS.promptBytes} bytes`),
  ),
  // 0 only fills the KV cache: the warm-up of a prompt.
  maxTokens: count(LIMITS.maxTokens),
  maxPromptTokens: count(MAX_CONTEXT_LENGTH),
  sampling,
  stop,
  mode: v.exactOptional(mode),
  maxDraftTokens: v.exactOptional(count(LIMITS.maxDraftTokens)),
});

function promptBytes(parts: readonly PromptPart[]): number {
  return bytesOf(parts.map((part) => (part.kind === 'special' ? part.token : part.text)));
}

function bytesOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text, 'utf8'), 0);
}

function parse<Schema extends v.GenericSchema>(method: string, schema: Schema, params: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, params);
  if (result.success) {
    return result.output;
  }
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? 'its parameters';
  throw invalidRequest(method, `${path}: ${issue.message}`);
}

export const parseHello = (params: unknown): HelloParams => parse(METHOD.hello, hello, params);
export const parseLoadModel = (params: unknown): LoadModelParams => parse(METHOD.loadModel, loadModel, params);
export const parseGenerate = (params: unknown): GenerateRequest => parse(METHOD.generate, generate, params);
export const parseSetMode = (params: unknown): SetModeParams => parse(METHOD.setMode, setMode, params);
export const parseSetPaused = (params: unknown): SetPausedParams => parse(METHOD.setPaused, setPaused, params);
export const parseCountTokens = (params: unknown): CountTokensParams => parse(METHOD.countTokens, countTokens, params);
export const parseInspectFile = (params: unknown): InspectFileParams => parse(METHOD.inspectFile, inspectFile, params);
export const parseCancel = (params: unknown): CancelParams => parse(METHOD.cancel, cancel, params);
export const parseNothing = (method: string, params: unknown): void => {
  parse(method, nothing, params ?? {});
};
