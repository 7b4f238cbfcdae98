import type * as vscode from 'vscode';
import { beforeEach, describe, expect, test } from 'vitest';
import { ADDED_MODELS_KEY, AddedModels, MAX_ADDED_MODELS } from '../../../../src/vscode/models/addedModels';
import { FakeMemento } from '../fakeVscode';

let storage: FakeMemento;
let warnings: string[];
let added: AddedModels;

beforeEach(() => {
  storage = new FakeMemento();
  warnings = [];
  added = new AddedModels(storage as unknown as vscode.Memento, (message) => warnings.push(message));
});

describe('added models', () => {
  test('are remembered once each, until they are forgotten', async () => {
    expect(added.paths).toEqual([]);
    await added.add('/m/a.gguf');
    await added.add('/m/b.gguf');
    await added.add('/m/a.gguf');
    expect(added.paths).toEqual(['/m/a.gguf', '/m/b.gguf']);
    await added.forget('/m/a.gguf');
    expect(added.paths).toEqual(['/m/b.gguf']);
    expect(warnings).toEqual([]);
  });

  test.each([
    ['a list with other things in it', ['/m/a.gguf', 7, null, '', { path: '/m/b.gguf' }], ['/m/a.gguf']],
    ['no list', { '/m/a.gguf': true }, []],
    ['a text', '/m/a.gguf', ['/m/a.gguf']],
    ['a number', 12, []],
    ['null', null, []],
  ])('of %s what can be read is kept', async (_, stored, kept) => {
    await storage.update(ADDED_MODELS_KEY, stored);
    expect(added.paths).toEqual(kept);
    await added.add('/m/new.gguf');
    expect(added.paths).toEqual([...kept, '/m/new.gguf']);
  });

  test('a damaged list is told once, without its contents', async () => {
    await storage.update(ADDED_MODELS_KEY, ['/m/a.gguf', 7]);
    expect(added.paths).toEqual(['/m/a.gguf']);
    expect(added.paths).toEqual(['/m/a.gguf']);
    expect(warnings).toEqual(['The list of added models was damaged: 1 of 2 entries are left out.']);
  });

  test('have a limit', async () => {
    for (let index = 0; index < MAX_ADDED_MODELS; index += 1) expect(await added.add(`/m/${index}.gguf`)).toBe(true);
    expect(await added.add('/m/one-more.gguf')).toBe(false);
    expect(added.paths).toHaveLength(MAX_ADDED_MODELS);
  });
});
