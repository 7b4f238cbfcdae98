/**
 * A child process that runs the native library for the model tests: one job arrives as a message, one answer goes back.
 * It exists because the library reads BAMBOO_FORCE_ISA once per process.
 */
import path from 'node:path';
import type { FfnMode } from '../../../src/protocol/engineProtocol';
import { toEngineError } from '../../../src/protocol/engineError';
import { loadNativeBinding, type NativeConvertOptions, type NativeEngine } from '../../../src/worker/nativeBinding';

export interface EngineChoice {
  readonly modelPath: string;
  readonly threads: number;
}

export interface LogitsJob extends EngineChoice {
  readonly kind: 'logits';
  readonly tokens: Int32Array;
  /** 1: token by token through the decode path; 0: the engine's default */
  readonly chunkSize: number;
  readonly mode: FfnMode;
}

export interface GreedyRequest {
  readonly prompt: Int32Array;
  readonly maxTokens: number;
  readonly mode: FfnMode;
  /** Default: the library's choice. */
  readonly maxDraftTokens?: number;
}

/** Greedy requests, one after the other on one engine that starts with an empty cache. */
export interface GenerateJob extends EngineChoice {
  readonly kind: 'generate';
  readonly requests: readonly GreedyRequest[];
}

export interface ConvertJob {
  readonly kind: 'convert';
  readonly options: NativeConvertOptions;
}

export interface IsaJob {
  readonly kind: 'isa';
}

export type EngineJob = LogitsJob | GenerateJob | ConvertJob | IsaJob;

export interface Generated {
  readonly ids: Int32Array;
  /** Of the chosen tokens: a function of a whole row of logits. */
  readonly logProbs: Float32Array;
  readonly reusedTokens: number;
  readonly acceptedTokens: number;
}

export type EngineAnswer =
  | { readonly kind: 'logits'; readonly logits: Float32Array }
  | { readonly kind: 'generated'; readonly results: readonly Generated[] }
  | { readonly kind: 'converted' }
  | { readonly kind: 'isa'; readonly isa: string }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

const binding = loadNativeBinding(path.resolve(process.argv[2] ?? ''));
let loaded: { readonly choice: EngineChoice; readonly engine: NativeEngine } | undefined;

process.on('message', (job: EngineJob) => {
  void run(job).then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit(0));

async function run(job: EngineJob): Promise<EngineAnswer> {
  try {
    switch (job.kind) {
      case 'isa':
        return { kind: 'isa', isa: binding.isa() };
      case 'logits': {
        const engine = await engineFor(job);
        return { kind: 'logits', logits: await engine.logits(job.tokens, job.chunkSize, job.mode) };
      }
      case 'generate':
        return { kind: 'generated', results: await generateAll(job) };
      case 'convert':
        binding.convert(job.options, () => undefined);
        return { kind: 'converted' };
    }
  } catch (error) {
    const { code, message } = toEngineError(error);
    return { kind: 'failed', code, message };
  }
}

/** The engine of the last job is kept: most jobs in a row use the same one. */
async function engineFor({ modelPath, threads }: EngineChoice): Promise<NativeEngine> {
  if (loaded?.choice.modelPath !== modelPath || loaded.choice.threads !== threads) {
    loaded?.engine.dispose();
    loaded = undefined;
    loaded = { choice: { modelPath, threads }, engine: await binding.load({ modelPath, threads, contextLength: 0 }) };
  }
  return loaded.engine;
}

async function generateAll(job: GenerateJob): Promise<Generated[]> {
  const engine = await engineFor(job);
  engine.reset();
  const results: Generated[] = [];
  for (const request of job.requests) {
    const ids: number[] = [];
    const logProbs: number[] = [];
    const { reusedTokens, acceptedTokens } = await engine.generate(
      {
        promptTokens: request.prompt,
        maxTokens: request.maxTokens,
        mode: request.mode,
        ...(request.maxDraftTokens !== undefined && { maxDraftTokens: request.maxDraftTokens }),
        temperature: 0,
        topK: 0,
        topP: 1,
        minP: 0,
        repetitionPenalty: 1,
        seed: 0,
        stopTokens: new Int32Array(),
        stopStrings: [],
      },
      (batch) => {
        ids.push(...batch.ids);
        logProbs.push(...batch.logProbs);
      },
    );
    results.push({ ids: Int32Array.from(ids), logProbs: Float32Array.from(logProbs), reusedTokens, acceptedTokens });
  }
  return results;
}
