/**
 * Opens the model that a command line names: through the backend for text, or bare for commands that work on token ids.
 */
import { randomUUID } from 'node:crypto';
import { bundledModelPath } from '../model/modelLocator';
import { resolveMode, type ModelSparsity } from '../model/sparsityMode';
import {
  KV_TYPES,
  LIMITS,
  MODE_CHOICES,
  type FfnMode,
  type GenerateRequest,
  type GenerateResult,
  type KvType,
  type ModeChoice,
  type ModelDescription,
  type TokensNotification,
} from '../protocol/engineProtocol';
import { NativeBackend } from '../worker/backends/native';
import { loadEngine } from '../worker/loadEngine';
import type { NativeBinding, NativeEngine } from '../worker/nativeBinding';
import type { Arguments } from './arguments';
import type { CliIo } from './command';

export const MAX_THREADS = 1024;
const MAX_SEED = 0xffff_ffff;

export interface TextSession {
  readonly model: ModelDescription;
  readonly generate: (
    request: Omit<GenerateRequest, 'requestId'>,
    signal: AbortSignal,
    onTokens?: (tokens: TokensNotification) => void,
  ) => Promise<GenerateResult>;
  readonly dispose: () => Promise<void>;
}

export interface TokenSession {
  readonly binding: NativeBinding;
  readonly engine: NativeEngine;
  readonly sparsity: ModelSparsity;
  readonly modelPath: string;
}

export function seedOf(args: Arguments): number {
  return args.integer('seed', { min: 0, max: MAX_SEED, fallback: 0 });
}

/** Commands that measure quality compare with dense, so their default is a mode that equals it. */
export function modeOf(args: Arguments, fallback: ModeChoice = 'auto'): ModeChoice {
  return args.choice('mode', MODE_CHOICES, fallback);
}

/** What a choice means on the model that was opened. */
export function concreteMode({ sparsity }: TokenSession, choice: ModeChoice): FfnMode {
  return resolveMode(choice, sparsity);
}

export function kvTypeOf(args: Arguments): KvType {
  return args.choice('kv', KV_TYPES, 'f16');
}

/** Undefined leaves the choice to the library. */
export function draftOf(args: Arguments): number | undefined {
  return args.text('draft') === undefined ? undefined : args.integer('draft', { min: 0, max: LIMITS.maxDraftTokens, fallback: 0 });
}

/** Same code path as the worker, without a process in between. */
export async function openTextSession(args: Arguments, io: CliIo): Promise<TextSession> {
  const threads = threadsOf(args);
  const kvType = kvTypeOf(args);
  const maxDraftTokens = draftOf(args);
  const chosen = { mode: modeOf(args), ...(maxDraftTokens !== undefined && { maxDraftTokens }) };
  const modelPath = await modelPathOf(args, io);
  const backend = new NativeBackend(io.loadBinding, io.nowMs);
  const model = await backend.loadModel({ modelPath, threads, contextLength: 0, kvType }, args.text('calibration'));
  return {
    model,
    generate: (request, signal, onTokens) =>
      backend.generate({ ...request, ...chosen, requestId: randomUUID() }, onTokens ?? (() => undefined), signal),
    dispose: () => backend.dispose(),
  };
}

/** No tokenizer is needed: prompts are ids and no text is asked for. */
export async function openTokenSession(args: Arguments, io: CliIo): Promise<TokenSession> {
  const threads = threadsOf(args);
  const kvType = kvTypeOf(args);
  const modelPath = await modelPathOf(args, io);
  const binding = io.loadBinding();
  const { engine, sparsity } = await loadEngine(binding, { modelPath, threads, contextLength: 0, kvType }, args.text('calibration'));
  return { binding, modelPath, engine, sparsity };
}

function threadsOf(args: Arguments): number {
  return args.integer('threads', { min: 0, max: MAX_THREADS, fallback: 0 });
}

async function modelPathOf(args: Arguments, io: CliIo): Promise<string> {
  return args.text('model') ?? (await bundledModelPath(io.packageRoot));
}
