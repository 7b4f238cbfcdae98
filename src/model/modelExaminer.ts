/**
 * What model files say of themselves, asked of the runtime once for each file and remembered until its size or time changes.
 * It asks for one file at a time, so that a folder full of models does not keep completions waiting.
 */
import { toEngineError } from '../protocol/engineError';
import type { ModelFile } from '../protocol/engineProtocol';
import type { EngineErrorCode } from '../protocol/errorCodes';
import type { ModelFacts } from './modelCatalog';

/** Errors: those of the runtime's file readers, and those of an engine that does not run. */
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

/** These say nothing about the file: it is asked about again. */
const NOT_ABOUT_THE_FILE: ReadonlySet<EngineErrorCode> = new Set<EngineErrorCode>([
  'native-library-missing',
  'model-not-loaded',
  'invalid-request',
  'protocol-mismatch',
  'queue-full',
  'worker-crashed',
  'worker-unresponsive',
  'worker-stopped',
  'out-of-memory',
  'internal',
]);

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

  private async ask(modelPath: string): Promise<ModelFacts> {
    const stamp = await this.parts.stampOf(modelPath);
    if (stamp === undefined) return { kind: 'missing' };
    const known = this.recall(modelPath, stamp);
    if (known !== undefined) return known;
    const facts = await this.inspect(modelPath, stamp.bytes);
    if (facts.kind !== 'unread') this.remember(modelPath, { stamp, facts });
    return facts;
  }

  private async inspect(modelPath: string, fileBytes: number): Promise<ModelFacts> {
    try {
      return { kind: 'known', file: await this.parts.inspectFile(modelPath) };
    } catch (thrown) {
      const { code, message } = toEngineError(thrown);
      return NOT_ABOUT_THE_FILE.has(code) ? { kind: 'unread', fileBytes } : { kind: 'broken', fileBytes, problem: message };
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
