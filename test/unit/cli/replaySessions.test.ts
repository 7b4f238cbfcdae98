/**
 * Where the sessions of a replay come from, what is said about bad ones, and when keys are pressed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kindOfKey, pauseBeforeKeyMs } from '../../../src/cli/replay/keySchedule';
import { evenlySpread, readSessions } from '../../../src/cli/replay/readSessions';
import { concreteModes } from '../../../src/cli/replay/replayWorkers';
import { sessionOfText } from '../../../src/cli/replay/sessionOfText';
import { share } from '../../../src/cli/replay/share';
import { runScripted as run } from './scriptedTerminal';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'replay-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, ...lines: readonly unknown[]): string {
  const file = path.join(folder, name);
  writeFileSync(file, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  return file;
}

const SESSION = { path: 'a.py', before: 'x = 1\r\n', typed: 'y = 2\r\nz = 3', after: '\r\n' };
const BODY = Array.from({ length: 4 }, (_, index) => `  const value${index} = compute(input, ${index}, options);`).join('\n');
const TEXT = `import a from 'a';\n\nexport function f(input: number) {\n${BODY}\n}\n`;

describe('sessions', () => {
  it('are read from every file of a folder, in the order of names, with plain line breaks', async () => {
    fileOf('b.jsonl', { ...SESSION, path: 'b.ts' });
    fileOf('a.jsonl', SESSION);
    fileOf('notes.txt', 'not a session');
    expect(await readSessions(folder)).toEqual([
      { id: 'a.py:2', path: 'a.py', languageId: 'python', before: 'x = 1\n', typed: 'y = 2\nz = 3', after: '\n' },
      expect.objectContaining({ id: 'b.ts:2', languageId: 'typescript' }),
    ]);
  });

  it('are made out of whole texts: lines that belong together, and the text around them', async () => {
    const [session] = await readSessions(fileOf('texts.jsonl', { lang: 'ts', path: 'src/f.ts', text: TEXT }));
    expect(session?.typed).toBe(`export function f(input: number) {\n${BODY}\n}`);
    expect(`${session?.before}${session?.typed}${session?.after}`).toBe(TEXT);
  });

  it('begin behind the indentation, which the editor brings', () => {
    const made = sessionOfText('src/f.ts', TEXT.replace('\n\nexport', '\nexport').replace(BODY, `  // Why.\n${BODY}`));
    expect(made?.before.endsWith('// Why.\n  ')).toBe(true);
    expect(made?.typed.startsWith('const value0')).toBe(true);
  });

  it('are not made out of a text that is too short', async () => {
    const file = fileOf('texts.jsonl', { path: 'a.ts', text: 'let a;\n' });
    await expect(readSessions(file)).rejects.toThrow('Give other files to --sessions');
  });

  it('are chosen evenly from all of them', () => {
    expect(evenlySpread([1, 2, 3, 4, 5, 6], 2)).toEqual([2, 5]);
    expect(evenlySpread([1, 2], 9)).toEqual([1, 2]);
  });
});

describe('bamboo replay', () => {
  it.each([
    ['that is not there', () => path.join(folder, 'none'), 'file-not-found', 'Give --sessions a folder'],
    ['without sessions', () => folder, 'file-not-found', 'no .jsonl files'],
    ['with a line that is no JSON', () => fileOf('a.jsonl', SESSION, '{'), 'invalid-argument', 'a.jsonl:2'],
    [
      'with a line that lacks the typed part',
      () => fileOf('a.jsonl', { path: 'a', before: '', after: '' }),
      'invalid-argument',
      'needs path',
    ],
    ['with nothing to type', () => fileOf('a.jsonl', { ...SESSION, typed: '' }), 'invalid-argument', 'Correct or remove that line'],
  ])('names a file %s and says what to do', async (_name, sessions, code, advice) => {
    const { exitCode, out, err } = await run(['replay', '--sessions', sessions()]);
    expect(exitCode).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(new RegExp(`^${code}: `));
    expect(err).toContain(advice);
  });

  it.each([
    ['a mode that does not exist', ['--mode', 'exact', '--mode', 'fast'], 'all; got "fast"'],
    ['a speed of nothing', ['--speed', '0'], '--speed must be a number'],
    ['an unknown way of accepting', ['--accept', 'always'], 'whole, line, word'],
  ])('refuses %s', async (_name, argv, words) => {
    const { exitCode, err } = await run(['replay', ...argv]);
    expect(exitCode).toBe(2);
    expect(err).toContain(words);
  });

  it('is explained', async () => {
    expect((await run(['replay', '--help'])).out).toContain('Usage: bamboo replay');
  });
});

describe('modes', () => {
  const model = { modes: ['dense', 'exact'], autoMode: 'exact' } as const;

  it('are each replayed once', () => {
    expect(concreteModes(['auto', 'exact'], model)).toEqual(['exact']);
    expect(concreteModes(['exact', 'all'], model)).toEqual(['exact', 'dense']);
  });

  it('that the model lacks are refused with those that it has', () => {
    expect(() => concreteModes(['predicted'], model)).toThrow('Choose from: dense, exact, all');
  });
});

describe('pauses between keys', () => {
  const pauses = (kind: Parameters<typeof pauseBeforeKeyMs>[1], seed = 0): number[] =>
    Array.from({ length: 1001 }, (_, offset) => pauseBeforeKeyMs(seed, kind, { sessionId: 'a.ts:1', offset }));
  const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[500] ?? 0;

  it('are the same for the same seed, session and place, and others for another seed', () => {
    expect(pauses('in-word')).toEqual(pauses('in-word'));
    expect(pauses('in-word', 1)).not.toEqual(pauses('in-word'));
  });

  it('spread around the median of their kind', () => {
    expect(middle(pauses('in-word'))).toBeGreaterThan(120);
    expect(middle(pauses('in-word'))).toBeLessThan(140);
    expect(middle(pauses('new-line'))).toBeGreaterThan(3 * middle(pauses('new-word')));
    // Some keys follow so fast that the editor does not ask.
    expect(pauses('in-word').filter((ms) => ms < 50).length).toBeGreaterThan(0);
  });

  it('are longer before a word and after Enter', () => {
    expect(kindOfKey('retur', 'n x')).toBe('in-word');
    expect(kindOfKey('return', ' x')).toBe('new-word');
    expect(kindOfKey('return ', 'x')).toBe('new-word');
    expect(kindOfKey('return x;\n  ', 'y')).toBe('new-line');
  });
});

describe('a share', () => {
  it('has the interval that Wilson gives', () => {
    const { value, interval95 } = share(20, 100);
    expect(value).toBe(0.2);
    expect(interval95?.[0]).toBeCloseTo(0.1334, 4);
    expect(interval95?.[1]).toBeCloseTo(0.2888, 4);
  });

  it('of nothing is no number', () => {
    expect(share(0, 0)).toEqual({ value: null, interval95: null });
  });
});
