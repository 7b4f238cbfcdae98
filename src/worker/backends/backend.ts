/**
 * What the worker asks of whatever computes tokens.
 * One interface, several implementations: native now, ONNX and OpenAI-compatible servers later.
 */
import type { GenerateRequest, GenerateResult, LoadModelParams, ModelDescription, TokensNotification } from '../../protocol/engineProtocol';

export interface Backend {
  loadModel(params: LoadModelParams): Promise<ModelDescription>;
  /** Resolves with stopReason 'cancelled' soon after the signal aborts. queueMs of the result is filled in by the caller. */
  generate(request: GenerateRequest, onTokens: (tokens: TokensNotification) => void, signal: AbortSignal): Promise<GenerateResult>;
  dispose(): Promise<void>;
}
