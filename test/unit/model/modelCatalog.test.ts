import { describe, expect, test } from 'vitest';
import { modelCatalog, modelName, modelNames, type ModelSources } from '../../../src/model/modelCatalog';
import { modelFile } from './modelFile';

const BUNDLED = '/ext/models/bamboo-nano/bamboo-nano.gguf';

function catalog(sources: Partial<ModelSources> = {}): ReturnType<typeof modelCatalog> {
  return modelCatalog({ bundledPath: BUNDLED, rolePaths: { completion: '', chat: '' }, addedPaths: [], foundPaths: [], ...sources });
}

describe('the catalogue of models', () => {
  test('with nothing chosen the bundled model serves both', () => {
    expect(catalog()).toEqual([{ path: BUNDLED, origin: 'bundled', roles: ['completion', 'chat'] }]);
  });

  test('a model that only a setting names is listed, with what it serves', () => {
    expect(catalog({ rolePaths: { completion: '/m/b.gguf', chat: '' } })).toEqual([
      { path: BUNDLED, origin: 'bundled', roles: [] },
      { path: '/m/b.gguf', origin: 'setting', roles: ['completion', 'chat'] },
    ]);
    expect(catalog({ rolePaths: { completion: '', chat: '/m/b.gguf' } })).toEqual([
      { path: BUNDLED, origin: 'bundled', roles: ['completion'] },
      { path: '/m/b.gguf', origin: 'setting', roles: ['chat'] },
    ]);
  });

  test('a file is listed once, however many reasons and spellings it has', () => {
    const listed = catalog({
      addedPaths: ['/m/b.gguf'],
      foundPaths: ['/m//b.gguf', '/m/x/../b.gguf'],
      rolePaths: { completion: '/m/b.gguf', chat: '/m/./b.gguf' },
    });
    expect(listed).toEqual([
      { path: BUNDLED, origin: 'bundled', roles: [] },
      { path: '/m/b.gguf', origin: 'added', roles: ['completion', 'chat'] },
    ]);
  });

  test('the bundled model comes first, the others by file name', () => {
    const paths = catalog({ addedPaths: ['/z/a.gguf', '/a/c.gguf'], foundPaths: ['/m/b.gguf', '/k/b.gguf'] }).map((entry) => entry.path);
    expect(paths).toEqual([BUNDLED, '/z/a.gguf', '/k/b.gguf', '/m/b.gguf', '/a/c.gguf']);
  });

  test('without the bundled model and any other there is nothing to list', () => {
    expect(catalog({ bundledPath: undefined })).toEqual([]);
  });
});

describe('the name of a model', () => {
  test('is that of the file until the file has been read', () => {
    expect(modelName('/m/bamboo-7b.Q4_0.GGUF', { kind: 'unread', fileBytes: 1 })).toBe('bamboo-7b.Q4_0');
    expect(modelName('/m/a.gguf', { kind: 'known', file: modelFile({ name: 'Bamboo-7B' }) })).toBe('Bamboo-7B');
  });

  test('has the file beside it where two models call themselves the same', () => {
    const facts = { kind: 'known', file: modelFile({ name: 'LLaMA' }) } as const;
    const names = modelNames([
      { path: '/m/a.gguf', facts },
      { path: '/m/b.gguf', facts },
      { path: '/m/c.gguf', facts: { kind: 'missing' } },
    ]);
    expect(names).toEqual(['LLaMA (a.gguf)', 'LLaMA (b.gguf)', 'c']);
  });

  test('from a file cannot break lines, turn the direction of text, or fill the view', () => {
    const named = (name: string): string => modelName('/m/a.gguf', { kind: 'known', file: modelFile({ name }) });
    expect(named('a\nb\u202e\u0007c')).toBe('a b c');
    expect(named('x'.repeat(1000))).toHaveLength(81);
    expect(named('\u200b\n')).toBe('a');
  });
});
