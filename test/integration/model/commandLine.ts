/**
 * Runs `bamboo` as a user would in a terminal, from the sources beside the tests.
 */
import { execFile } from 'node:child_process';
import { bundleForTests, REPOSITORY } from '../workerBundle';
import { environmentFor } from './engineChild';

export interface CommandResult {
  /** null: ended by a signal */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runCommandLine(args: readonly string[], isa?: string): Promise<CommandResult> {
  const program = await bundleForTests('src/cli/main.ts', 'cli.js');
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [program, ...args],
      { cwd: REPOSITORY, env: environmentFor(isa) },
      (_error, stdout, stderr) => {
        resolve({ exitCode: child.exitCode, stdout, stderr });
      },
    );
  });
}
