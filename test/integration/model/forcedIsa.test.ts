/**
 * What BAMBOO_FORCE_ISA may say, and what it answers to anything else.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from './commandLine';
import { withEngineChild } from './engineChild';
import { availableIsas, FAMILY_ISAS, FOREIGN_ISA, skipWithout } from './instructionSets';
import { makeTinyModels, tinyModelPath } from './reference';

const isaOf = (forced?: string): Promise<string> => withEngineChild(forced, (child) => child.isa());

let available: ReadonlySet<string>;

beforeAll(async () => {
  available = await availableIsas();
  await makeTinyModels('f16');
});

describe('BAMBOO_FORCE_ISA', () => {
  it.for(FAMILY_ISAS)('%s is what runs when it is asked for', async (isa, context) => {
    skipWithout(isa, available, context);
    expect(await isaOf(isa)).toBe(isa);
  });

  it('unset: the fastest instruction set of this machine runs', async () => {
    expect(await isaOf()).toBe(FAMILY_ISAS.filter((isa) => available.has(isa)).at(-1));
  });

  it('an unknown name is unknown-isa', async () => {
    await expect(isaOf('abacus')).rejects.toMatchObject({ code: 'unknown-isa' });
  });

  it.each(['amx', FOREIGN_ISA])('%s, which cannot run here, is unsupported-isa', async (isa) => {
    await expect(isaOf(isa)).rejects.toMatchObject({ code: 'unsupported-isa' });
  });

  it('on the command line the error is one line and exit code 1', async () => {
    const args = ['logits', '--model', tinyModelPath('f16', 'dense'), '--tokens', '1', '--out', '/dev/null'];
    const { exitCode, stdout, stderr } = await runCommandLine(args, 'abacus');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^unknown-isa: .*abacus.*\n$/);
  });
});
