/**
 * What model files say of themselves, asked of the runtime once for each file and remembered until its size or time changes.
 * It asks for one file at a time, so that a folder full of models does not keep completions waiting.
 */
import path from 'node:path';
import { toEngineError } from '../protocol/engineError';
import type { ModelFile } from '../protocol/engineProtocol';
import type { EngineErrorCode } from '../protocol/errorCodes';
import type { ModelFacts } from './modelCatalog';

/** A file that cannot be used is described with its problem. Rejects when nobody could look: no worker runs, say. */
export type InspectFile = (modelPath: string) => Promise<ModelFile>;

export interface FileStamp {
  readonly bytes: number;
  readonly modifiedMs: number;
}

export interface ExaminerParts {
  readonly inspectFile: InspectFile;
  /** Undefined when there is no such file. */
  readonly stampOf: (modelPath: string) => Promise<FileStamp | undefined>;
}

export const EXAMINED_FILES = 512;

/** Failures of the worker that looks into this one file; others say that nobody could look. */
const FILE_BREAKS_READER: ReadonlySet<EngineErrorCode> = new Set(['worker-crashed', 'worker-unresponsive', 'internal']);

interface Remembered {
  readonly stamp: FileStamp;
  readonly facts: ModelFacts;
}

export class ModelExaminer {
  /** In the order of use, the longest unused first. */
  private readonly remembered = new Map<string, Remembered>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: ExaminerParts) {}

  /** What is known without asking the runtime. */
  async look(modelPath: string): Promise<ModelFacts> {
    const stamp = await this.parts.stampOf(modelPath);
    if (stamp === undefined) return { kind: 'missing' };
    return this.recall(modelPath, stamp) ?? { kind: 'unread', fileBytes: stamp.bytes };
  }

  /** Asks the runtime unless the answer is known; 'unread' when it could not be asked. */
  async examine(modelPath: string): Promise<ModelFacts> {
    const asked = this.turn.then(() => this.ask(modelPath));
    this.turn = asked.catch(() => undefined);
    return asked;
  }

  /** What was missing may lie beside the file, which does not change then: a tokenizer, say. */
  forgetProblems(): void {
    for (const [modelPath, { facts }] of this.remembered) {
      if (facts.kind === 'known' && facts.file.problem !== undefined) this.remembered.delete(modelPath);
    }
  }

  private async ask(modelPath: string): Promise<ModelFacts> {
    const stamp = await this.parts.stampOf(modelPath);
    if (stamp === undefined) return { kind: 'missing' };
    const known = this.recall(modelPath, stamp);
    if (known !== undefined) return known;
    try {
      const facts: ModelFacts = { kind: 'known', file: await this.parts.inspectFile(modelPath) };
      this.remember(modelPath, { stamp, facts });
      return facts;
    } catch (thrown) {
      const error = toEngineError(thrown);
      if (!FILE_BREAKS_READER.has(error.code)) return { kind: 'unread', fileBytes: stamp.bytes };
      // Asked again and again, it would keep the files behind it unread.
      const facts: ModelFacts = { kind: 'known', file: unreadable(modelPath, stamp.bytes, error.message) };
      this.remember(modelPath, { stamp, facts });
      return facts;
    }
  }

  private recall(modelPath: string, stamp: FileStamp): ModelFacts | undefined {
    const remembered = this.remembered.get(modelPath);
    if (remembered?.stamp.bytes !== stamp.bytes || remembered.stamp.modifiedMs !== stamp.modifiedMs) return undefined;
    this.remember(modelPath, remembered);
    return remembered.facts;
  }

  private remember(modelPath: string, remembered: Remembered): void {
    this.remembered.delete(modelPath);
    this.remembered.set(modelPath, remembered);
    const [oldest] = this.remembered.keys();
    if (this.remembered.size > EXAMINED_FILES && oldest !== undefined) this.remembered.delete(oldest);
  }
}

function unreadable(modelPath: string, fileBytes: number, why: string): ModelFile {
  return {
    ...{ modelPath, name: path.basename(modelPath), architecture: '', fileBytes, parameterCount: 0, contextLength: 0, quantization: '' },
    ...{ sparsity: 'none', hasPredictors: false, canInfill: false, canChat: false },
    problem: `The file could not be read: ${why} Choose another model, or refresh the list to try again.`,
  };
}
