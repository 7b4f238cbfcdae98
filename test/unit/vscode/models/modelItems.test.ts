import type * as vscode from 'vscode';
import { describe, expect, test, vi } from 'vitest';
import { modelName, type CatalogEntry, type ModelFacts } from '../../../../src/model/modelCatalog';
import { factItem, factRows, modelItem, type ModelRow } from '../../../../src/vscode/models/modelItems';
import { sizeInWords } from '../../../../src/vscode/models/modelWords';
import { modelFile } from '../../model/modelFile';

vi.mock('vscode', () => import('../fakeVscode'));

function row(entry: Partial<CatalogEntry> = {}, facts: ModelFacts = { kind: 'known', file: modelFile() }, added = false): ModelRow {
  const catalogued: CatalogEntry = { path: '/m/a.gguf', origin: 'folder', roles: [], ...entry };
  return { kind: 'model', name: modelName(catalogued.path, facts), entry: catalogued, facts, added };
}

function facts(of: ModelRow): Record<string, string> {
  return Object.fromEntries(factRows(of).map(({ label, value }) => [label, value]));
}

const iconOf = (item: vscode.TreeItem): string => (item.iconPath as vscode.ThemeIcon).id;
const spokenOf = (item: vscode.TreeItem): string => item.accessibilityInformation?.label ?? '';

describe('a model in the tree', () => {
  test('says what it serves, how large it is and what it is made of', () => {
    const item = modelItem(row({ roles: ['completion'] }, { kind: 'known', file: modelFile({ name: 'Bamboo-7B', fileBytes: 4_080_000_000 }) }));
    expect(item.label).toBe('Bamboo-7B');
    expect(item.description).toBe('completion · 4.1 GB · Q8_0 · dReLU');
    expect(spokenOf(item)).toBe('Bamboo-7B, completion, 4.1 GB, Q8_0, dReLU. Serves completion. File a.gguf');
  });

  test('has an icon for what it serves', () => {
    expect(iconOf(modelItem(row({ roles: [] })))).toBe('package');
    expect(iconOf(modelItem(row({ roles: ['completion'] })))).toBe('code');
    expect(iconOf(modelItem(row({ roles: ['chat'] })))).toBe('comment-discussion');
    expect(iconOf(modelItem(row({ roles: ['completion', 'chat'] })))).toBe('pass-filled');
  });

  test('unfolds into its facts', () => {
    expect(facts(row({ roles: ['completion', 'chat'] }))).toEqual({
      Serves: 'completion, chat',
      Parameters: '105 M',
      Quantization: 'Q8_0',
      Neurons: 'dReLU, with predictors: silent neurons are skipped or predicted',
      Context: '2048 tokens',
      Can: 'fill in the middle, chat',
      Size: '85 MB',
      Path: '/m/a.gguf',
    });
    const dense = modelFile({ sparsity: 'none', hasPredictors: false, canInfill: false, canChat: false });
    expect(facts(row({}, { kind: 'known', file: dense }))).toMatchObject({
      Neurons: 'dense only: every neuron is computed in every mode',
      Can: 'go on with the text before the cursor',
    });
  });

  test('that was not examined shows what the disk knows and no more', () => {
    const unread = row({}, { kind: 'unread', fileBytes: 85_000_000 });
    expect(modelItem(unread).description).toBe('85 MB');
    expect(facts(unread)).toEqual({ Contents: 'not examined yet', Size: '85 MB', Path: '/m/a.gguf' });
  });

  test.each<[string, ModelFacts, string]>([
    ['a missing file', { kind: 'missing' }, 'There is no file /m/a.gguf. Put it back, or choose another model.'],
    ['a file that cannot be used', { kind: 'known', file: modelFile({ problem: 'This is no GGUF file.' }) }, 'This is no GGUF file.'],
  ])('%s says so first, warns, and is open while it serves', (_, broken, problem) => {
    const serving = row({ roles: ['completion'] }, broken);
    const [first] = factRows(serving);
    expect(first).toMatchObject({ label: 'Problem', value: problem });
    if (first === undefined) return;
    expect(iconOf(factItem(first))).toBe('warning');
    expect(spokenOf(factItem(first))).toBe(`Problem: ${problem}`);
    expect(iconOf(modelItem(serving))).toBe('warning');
    expect(spokenOf(modelItem(serving))).toContain(problem);
    expect(modelItem(serving).collapsibleState).toBe(2);
    expect(modelItem(row({}, broken)).collapsibleState).toBe(1);
  });

  test('offers only what it can do', () => {
    expect(modelItem(row({ roles: ['completion'] })).contextValue).toBe('model may-serve-chat');
    expect(modelItem(row({}, undefined, true)).contextValue).toBe('model may-serve-completion may-serve-chat added');
    expect(modelItem(row({}, { kind: 'known', file: modelFile({ canChat: false }) })).contextValue).toBe('model may-serve-completion');
    expect(modelItem(row({}, { kind: 'missing' })).contextValue).toBe('model');
    expect(modelItem(row({}, { kind: 'unread', fileBytes: 1 })).contextValue).toBe('model may-serve-completion may-serve-chat');
  });

  test('its tooltip shows names from the file as text, never as markdown', () => {
    const file = modelFile({ name: '[click](command:evil) <img src=x>', quantization: '**Q4**' });
    const { value, isTrusted, supportHtml } = modelItem(row({}, { kind: 'known', file })).tooltip as vscode.MarkdownString;
    expect(value).toContain('\\[click\\]\\(command:evil\\)');
    expect(value).toContain('\\*\\*Q4\\*\\*');
    expect(value).not.toContain(' <img');
    expect(isTrusted ?? false).toBe(false);
    expect(supportHtml ?? false).toBe(false);
  });
});

test('sizes are in powers of ten, as model hubs print them', () => {
  expect([512, 4096, 85_047_008, 999_400_000, 4_080_000_000].map(sizeInWords)).toEqual(['512 B', '4.1 kB', '85 MB', '999 MB', '4.1 GB']);
});
