/**
 * What the host accepts from the worker: a schema for every answer and notification.
 * The worker is our own code, but it runs native code on untrusted files, so its words are checked like anyone's.
 */
import * as v from 'valibot';
import {
  METHOD,
  type GenerateResult,
  type HelloResult,
  type ModelDescription,
  type PingResult,
  type TokensNotification,
} from '../protocol/engineProtocol';
import { EngineError } from './engineError';

const nonNegative = v.pipe(v.number(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const hello = v.object({ protocolVersion: v.number(), workerVersion: v.string(), pid: count, nodeVersion: v.string() });
const ping = v.object({ residentBytes: count });
const model = v.object({
  name: v.string(),
  architecture: v.string(),
  modelPath: v.string(),
  fileBytes: count,
  parameterCount: count,
  contextLength: count,
  vocabSize: count,
  threads: count,
  isa: v.string(),
  loadMs: nonNegative,
});
const token = v.object({ id: count, logProb: v.number() });
const tokens = v.object({ requestId: v.string(), text: v.string(), tokens: v.array(token) });
const generate = v.object({
  requestId: v.string(),
  text: v.string(),
  tokens: v.array(token),
  stopReason: v.picklist(['end-token', 'stop-string', 'max-tokens', 'context-full', 'cancelled']),
  timings: v.object({
    queueMs: nonNegative,
    tokenizeMs: nonNegative,
    prefillMs: nonNegative,
    decodeMs: nonNegative,
    promptTokens: count,
    reusedTokens: count,
    generatedTokens: count,
    draftedTokens: count,
    acceptedTokens: count,
  }),
});

function parse<Schema extends v.GenericSchema>(method: string, schema: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) {
    return result.output;
  }
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? 'the whole answer';
  throw new EngineError(
    'internal',
    `The worker's "${method}" message is malformed at ${path}: ${issue.message}. Restart the worker; if it happens again, report it.`,
  );
}

export const parseHelloResult = (value: unknown): HelloResult => parse(METHOD.hello, hello, value);
export const parsePingResult = (value: unknown): PingResult => parse(METHOD.ping, ping, value);
export const parseModelDescription = (value: unknown): ModelDescription => parse(METHOD.loadModel, model, value);
export const parseTokens = (value: unknown): TokensNotification => parse(METHOD.tokens, tokens, value);
export const parseGenerateResult = (value: unknown): GenerateResult => parse(METHOD.generate, generate, value);
