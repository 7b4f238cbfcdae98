import { beforeEach, describe, expect, test } from 'vitest';
import { EXAMINED_FILES, ModelExaminer, type FileStamp } from '../../../src/model/modelExaminer';
import { EngineError } from '../../../src/protocol/engineError';
import type { ModelFile } from '../../../src/protocol/engineProtocol';
import { modelFile } from './modelFile';

let asked: string[];
let stamps: Map<string, FileStamp>;
let answer: (modelPath: string) => Promise<ModelFile>;
let examiner: ModelExaminer;

beforeEach(() => {
  asked = [];
  stamps = new Map([['/m/a.gguf', { bytes: 10, modifiedMs: 1 }]]);
  answer = (modelPath) => Promise.resolve(modelFile({ modelPath }));
  examiner = new ModelExaminer({
    inspectFile: (modelPath) => {
      asked.push(modelPath);
      return answer(modelPath);
    },
    stampOf: (modelPath) => Promise.resolve(stamps.get(modelPath)),
  });
});

describe('examining model files', () => {
  test('a file is unread until it is examined, and known from then on without asking again', async () => {
    expect(await examiner.look('/m/a.gguf')).toEqual({ kind: 'unread', fileBytes: 10 });
    expect(await examiner.examine('/m/a.gguf')).toEqual({ kind: 'known', file: modelFile() });
    expect(await examiner.look('/m/a.gguf')).toEqual({ kind: 'known', file: modelFile() });
    await examiner.examine('/m/a.gguf');
    expect(asked).toEqual(['/m/a.gguf']);
  });

  test('a file that changed is asked about again', async () => {
    await examiner.examine('/m/a.gguf');
    stamps.set('/m/a.gguf', { bytes: 10, modifiedMs: 2 });
    expect((await examiner.look('/m/a.gguf')).kind).toBe('unread');
    await examiner.examine('/m/a.gguf');
    expect(asked).toHaveLength(2);
  });

  test('a missing file is missing, and nobody is asked', async () => {
    expect(await examiner.look('/m/gone.gguf')).toEqual({ kind: 'missing' });
    expect(await examiner.examine('/m/gone.gguf')).toEqual({ kind: 'missing' });
    expect(asked).toEqual([]);
  });

  test('a file that the runtime refuses is known with the runtime’s words', async () => {
    const described = modelFile({ problem: 'This is no GGUF file.' });
    answer = () => Promise.resolve(described);
    expect(await examiner.examine('/m/a.gguf')).toEqual({ kind: 'known', file: described });
  });

  test('what was wrong beside the file can be mended: problems are forgotten on demand, other facts are not', async () => {
    stamps.set('/m/b.gguf', { bytes: 20, modifiedMs: 1 });
    answer = (modelPath) => Promise.resolve(modelFile(modelPath === '/m/a.gguf' ? { problem: 'There is no tokenizer.' } : {}));
    await examiner.examine('/m/a.gguf');
    await examiner.examine('/m/b.gguf');
    examiner.forgetProblems();
    expect((await examiner.look('/m/a.gguf')).kind).toBe('unread');
    expect((await examiner.look('/m/b.gguf')).kind).toBe('known');
  });

  test('an engine that does not run says nothing about the file: it stays unread and is asked about later', async () => {
    answer = () => Promise.reject(new EngineError('worker-stopped', 'The engine is not running.'));
    expect(await examiner.examine('/m/a.gguf')).toEqual({ kind: 'unread', fileBytes: 10 });
    answer = () => Promise.resolve(modelFile());
    expect((await examiner.examine('/m/a.gguf')).kind).toBe('known');
  });

  test.each(['worker-crashed', 'worker-unresponsive', 'internal'] as const)(
    'a file that fails its reader with %s has that as its problem and is not asked about again until problems are forgotten',
    async (code) => {
      answer = () => Promise.reject(new EngineError(code, 'It broke.'));
      const facts = await examiner.examine('/m/a.gguf');
      const problem = expect.stringContaining('could not be read: It broke.') as string;
      expect(facts).toMatchObject({ kind: 'known', file: { name: 'a.gguf', fileBytes: 10, problem } });
      expect(await examiner.look('/m/a.gguf')).toEqual(facts);
      await examiner.examine('/m/a.gguf');
      expect(asked).toHaveLength(1);
      examiner.forgetProblems();
      expect((await examiner.look('/m/a.gguf')).kind).toBe('unread');
    },
  );

  test('one file at a time is asked about', async () => {
    stamps.set('/m/b.gguf', { bytes: 20, modifiedMs: 1 });
    const waiting: (() => void)[] = [];
    answer = (modelPath) => new Promise((resolve) => waiting.push(() => resolve(modelFile({ modelPath }))));
    const both = Promise.all([examiner.examine('/m/a.gguf'), examiner.examine('/m/b.gguf')]);
    await expect.poll(() => asked).toEqual(['/m/a.gguf']);
    waiting[0]?.();
    await expect.poll(() => asked).toEqual(['/m/a.gguf', '/m/b.gguf']);
    waiting[1]?.();
    expect((await both).map(({ kind }) => kind)).toEqual(['known', 'known']);
  });

  test('only so many files are remembered: the one unused for longest goes', async () => {
    const many = Array.from({ length: EXAMINED_FILES + 1 }, (_, index) => `/m/${index}.gguf`);
    for (const modelPath of many) {
      stamps.set(modelPath, { bytes: 1, modifiedMs: 1 });
      await examiner.examine(modelPath);
      await examiner.look('/m/0.gguf');
    }
    expect((await examiner.look('/m/0.gguf')).kind).toBe('known');
    expect((await examiner.look('/m/1.gguf')).kind).toBe('unread');
    expect((await examiner.look('/m/2.gguf')).kind).toBe('known');
  });
});
