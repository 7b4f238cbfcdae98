/**
 * The parent's side of engineProgram.ts: starts it under an instruction set and turns failures back into typed errors.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { EngineError, toEngineError } from '../../../src/protocol/engineError';
import type { NativeConvertOptions } from '../../../src/worker/nativeBinding';
import { bundleForTests, REPOSITORY } from '../workerBundle';
import type { EngineAnswer, EngineJob, GenerateJob, Generated, LogitsJob } from './engineProgram';

export const ADDON = path.join(REPOSITORY, 'dist', 'native', 'bamboo.node');

export class EngineChild {
  private constructor(private readonly child: ChildProcess) {}

  /** `isa` is the value of BAMBOO_FORCE_ISA; undefined leaves the choice to the library. */
  static async start(isa?: string): Promise<EngineChild> {
    const program = await bundleForTests('test/integration/model/engineProgram.ts', 'engineProgram.js');
    return new EngineChild(fork(program, [ADDON], { execArgv: [], serialization: 'advanced', env: environmentFor(isa) }));
  }

  async isa(): Promise<string> {
    const answer = await this.run({ kind: 'isa' });
    return answer.kind === 'isa' ? answer.isa : unexpected(answer);
  }

  /** [n_tokens, vocab_size], row-major */
  async logits(job: Omit<LogitsJob, 'kind'>): Promise<Float32Array> {
    const answer = await this.run({ kind: 'logits', ...job });
    return answer.kind === 'logits' ? answer.logits : unexpected(answer);
  }

  async generate(job: Omit<GenerateJob, 'kind'>): Promise<readonly Generated[]> {
    const answer = await this.run({ kind: 'generate', ...job });
    return answer.kind === 'generated' ? answer.results : unexpected(answer);
  }

  async convert(options: NativeConvertOptions): Promise<void> {
    await this.run({ kind: 'convert', options });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exit = once(this.child, 'exit');
      this.child.disconnect();
      await exit;
    }
  }

  private async run(job: EngineJob): Promise<EngineAnswer> {
    const answer = await new Promise<EngineAnswer>((resolve, reject) => {
      const onExit = (code: number | null, signal: string | null): void => {
        reject(new Error(`the engine process ended with ${signal ?? `exit code ${String(code)}`}`));
      };
      this.child.once('exit', onExit);
      this.child.once('message', (message) => {
        this.child.off('exit', onExit);
        resolve(message as EngineAnswer);
      });
      this.child.send(job);
    });
    if (answer.kind === 'failed') {
      throw toEngineError(Object.assign(new Error(answer.message), { code: answer.code }));
    }
    return answer;
  }
}

/** One short-lived child for one question. */
export async function withEngineChild<Result>(isa: string | undefined, use: (child: EngineChild) => Promise<Result>): Promise<Result> {
  const child = await EngineChild.start(isa);
  try {
    return await use(child);
  } finally {
    await child.stop();
  }
}

export function environmentFor(isa: string | undefined): NodeJS.ProcessEnv {
  const { BAMBOO_FORCE_ISA: _inherited, ...environment } = process.env;
  return isa === undefined ? environment : { ...environment, BAMBOO_FORCE_ISA: isa };
}

function unexpected(answer: EngineAnswer): never {
  throw new EngineError('internal', `The engine process answered with "${answer.kind}".`);
}
