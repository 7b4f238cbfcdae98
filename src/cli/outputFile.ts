/**
 * Where a command writes: a file, piece by piece or at once, or standard output for "-".
 */
import { open, writeFile } from 'node:fs/promises';
import { EngineError } from '../protocol/engineError';
import type { CliIo } from './command';

export interface Output {
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/** Error: 'file-write-failed'. */
export async function openOutput(outputPath: string, io: CliIo): Promise<Output> {
  if (outputPath === '-') {
    return {
      write(text) {
        io.write(text);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    };
  }
  const file = await open(outputPath, 'w').catch((error: unknown) => Promise.reject(writeFailed(outputPath, error)));
  return { write: (text) => file.writeFile(text), close: () => file.close() };
}

/** Error: 'file-write-failed'. */
export async function writeBytes(outputPath: string, bytes: Uint8Array): Promise<void> {
  await writeFile(outputPath, bytes).catch((error: unknown) => Promise.reject(writeFailed(outputPath, error)));
}

function writeFailed(outputPath: string, error: unknown): EngineError {
  return new EngineError(
    'file-write-failed',
    `${outputPath} cannot be written (${error instanceof Error ? error.message : String(error)}).`,
  );
}
