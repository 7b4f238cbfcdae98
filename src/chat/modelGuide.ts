/**
 * What a model can be asked, by its size and kind: how to sample, whether earlier messages help, and plain words about its limits.
 * A table of knowledge; it asks nothing and renders nothing.
 */
import type { ModelDescription, SamplingOptions } from '../protocol/engineProtocol';

export interface ModelGuide {
  /** For the user; absent where there is nothing to warn of. */
  readonly limits?: string;
  /** Trained on pairs of doc comment and function only: it knows a few wordings, and one question at a time. */
  readonly docPairsOnly: boolean;
  readonly maxAnswerTokens: number;
  /** Of a first answer, and of one written anew. */
  readonly sampling: SamplingOptions;
  readonly resampling: SamplingOptions;
}

const SMALL_PARAMETERS = 1e9;

/** Tried on bamboo-nano: 1.0 loops, 1.2 loses the thread. */
const SMALL_SAMPLING: SamplingOptions = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1.1, seed: 0 };
const LARGE_SAMPLING: SamplingOptions = { temperature: 0.2, topK: 40, topP: 0.95, minP: 0.05, repetitionPenalty: 1.05, seed: 0 };

export const LARGE_GUIDE: ModelGuide = {
  docPairsOnly: false,
  maxAnswerTokens: 1024,
  sampling: LARGE_SAMPLING,
  resampling: { ...LARGE_SAMPLING, temperature: 0.7 },
};

export function guideFor(model: Pick<ModelDescription, 'name' | 'parameterCount' | 'promptForm'>): ModelGuide {
  if (model.parameterCount >= SMALL_PARAMETERS) return LARGE_GUIDE;
  return {
    limits: limitsOf(model.name, model.parameterCount),
    // The bundled model and its kin are the only small ones that both fill in and chat.
    docPairsOnly: model.promptForm === 'infilling',
    maxAnswerTokens: 256,
    sampling: SMALL_SAMPLING,
    resampling: { ...SMALL_SAMPLING, temperature: 0.4 },
  };
}

function limitsOf(name: string, parameterCount: number): string {
  const millions = Math.round(parameterCount / 1e6);
  return (
    `${name} has ${millions} million parameters: it writes short functions from a description, explains code in one line and writes doc comments, ` +
    'and it is often wrong. It does not fix code, write tests or follow a conversation. ' +
    'Larger models do, for example Bamboo-DPO-7B or another ReLU model with a chat template as a GGUF file: ' +
    'choose one with the setting "bamboo.chat.model.path", or a server with "bamboo.chat.server.url".'
  );
}
