/**
 * What the host accepts from the worker: a schema for every answer and notification.
 * The worker is our own code, but it runs native code on untrusted files, so its words are checked like anyone's.
 */
import * as v from 'valibot';
import {
  FFN_MODES,
  LIMITS,
  METHOD,
  PROMPT_FORMS,
  type CountTokensResult,
  type GenerateResult,
  type HelloResult,
  type ModelDescription,
  type ModelFile,
  type PingResult,
  type SetModeResult,
  type TokensNotification,
} from '../protocol/engineProtocol';
import { MAX_LAYERS, TRACE_STEPS, type NeuronActivity, type ShadowCheck } from '../protocol/metrics';
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
  promptForm: v.picklist(PROMPT_FORMS),
  chat: v.exactOptional(
    v.object({
      template: v.pipe(v.string(), v.maxLength(LIMITS.chatTemplateChars)),
      beginToken: v.string(),
      endToken: v.string(),
    }),
  ),
  kvBytes: count,
  layers: v.pipe(count, v.maxValue(MAX_LAYERS)),
  neuronsPerLayer: count,
  denseBytesPerToken: nonNegative,
  modes: v.array(v.picklist(FFN_MODES)),
  autoMode: v.picklist(FFN_MODES),
  autoModeReason: v.string(),
});

const phases = v.object({
  attentionMs: nonNegative,
  predictorMs: nonNegative,
  feedForwardMs: nonNegative,
  headMs: nonNegative,
  samplingMs: nonNegative,
});
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const perLayer = <Item extends v.GenericSchema>(item: Item) => v.pipe(v.array(item), v.maxLength(MAX_LAYERS));
/** base64 of at most TRACE_STEPS x MAX_LAYERS bytes. */
const shares = v.pipe(v.string(), v.maxLength(Math.ceil((TRACE_STEPS * MAX_LAYERS) / 3) * 4), v.regex(/^[A-Za-z0-9+/]*={0,2}$/));
const metrics = v.object({
  prefill: v.object({ computedTokens: count, reusedTokens: count, phases }),
  decode: v.object({
    steps: v.object({ dense: count, exact: count, predicted: count }),
    phases,
    bytes: v.object({ attentionBytes: count, predictorBytes: count, feedForwardBytes: count, headBytes: count }),
    neuronsPerLayer: count,
    layers: v.object({
      gateRows: perLayer(count),
      predictedRows: perLayer(count),
      upRows: perLayer(count),
      activeNeurons: perLayer(count),
    }),
    trace: v.object({ steps: v.pipe(count, v.maxValue(TRACE_STEPS)), computed: shares, active: shares }),
  }),
});
const shadow = v.object({
  requestId: v.string(),
  everyN: count,
  positions: count,
  neuronRecall: perLayer(share),
  massRecall: perLayer(share),
});
const activity = v.object({ tokens: count, hotShares: perLayer(share), hotShare: share });
const counts = v.object({ counts: v.pipe(v.array(count), v.maxLength(LIMITS.countedTexts)) });
const file = v.object({
  modelPath: v.string(),
  name: v.string(),
  architecture: v.string(),
  fileBytes: count,
  parameterCount: nonNegative,
  contextLength: count,
  quantization: v.string(),
  sparsity: v.picklist(['dReLU', 'ReLU', 'none']),
  hasPredictors: v.boolean(),
  canInfill: v.boolean(),
  canChat: v.boolean(),
  problem: v.exactOptional(v.string()),
});
const setMode = v.object({ mode: v.picklist(FFN_MODES) });
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
  mode: v.exactOptional(v.picklist(FFN_MODES)),
  metrics: v.exactOptional(metrics),
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
export const parseShadowCheck = (value: unknown): ShadowCheck => parse(METHOD.shadow, shadow, value);
export const parseSetModeResult = (value: unknown): SetModeResult => parse(METHOD.setMode, setMode, value);
export const parseNeuronActivity = (value: unknown): NeuronActivity => parse(METHOD.neuronActivity, activity, value);
export const parseCountTokensResult = (value: unknown): CountTokensResult => parse(METHOD.countTokens, counts, value);
export const parseModelFile = (value: unknown): ModelFile => parse(METHOD.inspectFile, file, value);
export const parseGenerateResult = (value: unknown): GenerateResult => parse(METHOD.generate, generate, value);
