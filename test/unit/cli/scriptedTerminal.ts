/**
 * Runs the command line over a scripted native library and collects what it prints.
 */
import path from 'node:path';
import type { CliIo } from '../../../src/cli/command';
import { runCli } from '../../../src/cli/runCli';
import type { NativeBinding } from '../../../src/worker/nativeBinding';
import { bindingOf, FakeEngine } from '../worker/fakeBinding';

export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export async function runScripted(
  argv: readonly string[],
  engine = new FakeEngine(() => Promise.resolve({})),
  change: Partial<NativeBinding> = {},
): Promise<Ran> {
  let out = '';
  let err = '';
  const io: CliIo = {
    packageRoot: path.resolve(__dirname, '../../..'),
    nowMs: () => 0,
    loadBinding: () => ({ ...bindingOf(engine), ...change }),
    print: (line) => (out += `${line}\n`),
    write: (text) => (out += text),
    warn: (line) => (err += `${line}\n`),
  };
  return { exitCode: await runCli(argv, io), out, err };
}
