import { beforeEach, describe, expect, test, vi } from 'vitest';
import { MENTION_LIMITS } from '../../../../src/chat/mentionText';
import type { Mention } from '../../../../src/protocol/chat';
import { LastEditor } from '../../../../src/vscode/lastEditor';
import { readMention } from '../../../../src/vscode/chat/mentionReader';
import { selectionMention, suggestMentions } from '../../../../src/vscode/chat/mentionSuggestions';
import { editor, openEditor, Position, Range, resetEditor, Uri } from './fakeEditor';

vi.mock('vscode', () => import('./fakeEditor'));
beforeEach(() => {
  excluded.clear();
  resetEditor();
});

const file = (path: string): Mention => ({ kind: 'file', label: `file:${path}`, id: Uri.file(path).toString() });
const excluded = new Set<string>();
const isExcluded = (uri: { path: string }): boolean => excluded.has(uri.path);
const suggest = (query: string) => suggestMentions(query, new LastEditor(), isExcluded);
const read = (mention: Mention) => readMention(mention, isExcluded);
const labels = async (query: string): Promise<string[]> => (await suggest(query)).map(({ label }) => label);

describe('the selection', () => {
  test('is mentioned with its place and read as it is', async () => {
    openEditor('a\nb[c\nd]e\n');
    const mention = selectionMention(new LastEditor());
    expect(mention).toMatchObject({ kind: 'selection', label: 'selection' });
    expect(await read(mention ?? file('none'))).toMatchObject({
      path: 'src/a.ts',
      languageId: 'typescript',
      text: 'c\nd',
      cut: false,
    });
  });

  test('is not there without a selection, nor in a file that may hold secrets', () => {
    openEditor('a¦b');
    expect(selectionMention(new LastEditor())).toBeUndefined();
    openEditor('[TOKEN=1]', '/project/.env');
    expect(selectionMention(new LastEditor())).toBeUndefined();
  });
});

describe('files', () => {
  test('that are open come first, then those of the workspace; none that may hold secrets', async () => {
    openEditor('¦', '/project/src/open.ts');
    for (const path of ['/project/src/closed.ts', '/project/.env', '/project/key.pem']) editor.files.set(path, 'x');
    expect(await labels('file:')).toEqual(['file:src/open.ts', 'file:src/closed.ts']);
    expect(await labels('CLOSED')).toEqual(['file:src/closed.ts']);
  });

  test('are read from the editor where they are open, else from disk', async () => {
    openEditor('unsaved¦', '/project/a.ts');
    editor.files.set('/project/a.ts', 'saved');
    editor.files.set('/project/b.py', 'on disk');
    expect(await read(file('/project/a.ts'))).toMatchObject({ text: 'unsaved' });
    expect(await read(file('/project/b.py'))).toMatchObject({ text: 'on disk', languageId: 'py', path: 'b.py' });
  });

  test.each([
    ['that may hold secrets', '/project/.env', 'x'],
    ['outside of the workspace', '/etc/passwd', 'x'],
    ['that are not text', '/project/a.bin', 'a\0b'],
    ['that are huge', '/project/a.txt', 'x'.repeat(2_000_001)],
    ['that are empty', '/project/a.txt', ' \n'],
  ])('%s are not read, whoever asks', async (_name, path, text) => {
    editor.files.set(path, text);
    expect(await read(file(path))).toBeUndefined();
  });

  test('that are ignored are neither offered nor read, also when they are open', async () => {
    openEditor('one[two]', '/project/open.gen.ts');
    editor.files.set('/project/closed.gen.ts', 'x');
    editor.diagnostics = [{ range: new Range(new Position(0, 0), new Position(0, 3)), message: 'bad' }];
    editor.symbols = [{ name: 'Outer', range: new Range(new Position(0, 0), new Position(0, 3)), children: [] }];
    expect(await labels('')).toHaveLength(4);
    for (const path of ['/project/open.gen.ts', '/project/closed.gen.ts']) excluded.add(path);
    expect(await labels('')).toEqual([]);
    expect(await labels('symbol:')).toEqual([]);
    expect(await read(file('/project/open.gen.ts'))).toBeUndefined();
    expect(await read(file('/project/closed.gen.ts'))).toBeUndefined();
  });

  test('that are gone are not read', async () => {
    expect(await read(file('/project/gone.ts'))).toBeUndefined();
  });

  test('that are long are cut, and known to be', async () => {
    editor.files.set('/project/a.txt', 'x'.repeat(MENTION_LIMITS.chars + 1));
    const found = await read(file('/project/a.txt'));
    expect(found?.cut).toBe(true);
    expect(found?.text).toHaveLength(MENTION_LIMITS.chars);
  });

  test.each(['', 'nonsense', '|', 'file:///project/a.ts|1:2', '|1:2-3:4'])('the id "%s" means nothing', async (id) => {
    expect(await read({ kind: 'file', label: 'x', id })).toBeUndefined();
  });
});

describe('problems and symbols', () => {
  const range = new Range(new Position(1, 0), new Position(1, 3));

  test('a problem brings its message and the lines around it', async () => {
    openEditor('one\ntwo\nthree¦\n');
    editor.diagnostics = [{ range, message: 'two is not defined' }];
    const [suggestion] = await suggest('problem');
    expect(suggestion).toMatchObject({ kind: 'problem', label: 'problem:2', description: 'two is not defined' });
    const found = await read(suggestion as Mention);
    expect(found?.text).toBe('one\ntwo\nthree\n\n\nProblems:\nline 2: two is not defined');
  });

  test('a symbol of the file brings its lines, also a nested one', async () => {
    openEditor('one\ntwo\nthree¦\n');
    editor.symbols = [{ name: 'Outer', range, children: [{ name: 'inner', range, children: [] }] }];
    expect(await labels('symbol:')).toEqual(['symbol:Outer', 'symbol:inner']);
    const [suggestion] = await suggest('symbol:inn');
    expect(await read(suggestion as Mention)).toMatchObject({ label: 'symbol:inner', text: 'two' });
  });
});
