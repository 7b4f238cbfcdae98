import { beforeEach, describe, expect, test, vi } from 'vitest';
import { MENTION_LIMITS } from '../../../../src/chat/mentionText';
import type { Mention } from '../../../../src/protocol/chat';
import { LastEditor } from '../../../../src/vscode/lastEditor';
import { readMention } from '../../../../src/vscode/chat/mentionReader';
import { selectionMention, suggestMentions } from '../../../../src/vscode/chat/mentionSuggestions';
import { editor, openEditor, Position, Range, resetEditor, Uri } from './fakeEditor';

vi.mock('vscode', () => import('./fakeEditor'));
beforeEach(() => resetEditor());

const file = (path: string): Mention => ({ kind: 'file', label: `file:${path}`, id: Uri.file(path).toString() });
const labels = async (query: string): Promise<string[]> => (await suggestMentions(query, new LastEditor())).map(({ label }) => label);

describe('the selection', () => {
  test('is mentioned with its place and read as it is', async () => {
    openEditor('a\nb[c\nd]e\n');
    const mention = selectionMention(new LastEditor());
    expect(mention).toMatchObject({ kind: 'selection', label: 'selection' });
    expect(await readMention(mention ?? file('none'))).toMatchObject({
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
    expect(await readMention(file('/project/a.ts'))).toMatchObject({ text: 'unsaved' });
    expect(await readMention(file('/project/b.py'))).toMatchObject({ text: 'on disk', languageId: 'py', path: 'b.py' });
  });

  test.each([
    ['that may hold secrets', '/project/.env', 'x'],
    ['outside of the workspace', '/etc/passwd', 'x'],
    ['that are not text', '/project/a.bin', 'a\0b'],
    ['that are huge', '/project/a.txt', 'x'.repeat(2_000_001)],
    ['that are empty', '/project/a.txt', ' \n'],
  ])('%s are not read, whoever asks', async (_name, path, text) => {
    editor.files.set(path, text);
    expect(await readMention(file(path))).toBeUndefined();
  });

  test('that are gone are not read', async () => {
    expect(await readMention(file('/project/gone.ts'))).toBeUndefined();
  });

  test('that are long are cut, and known to be', async () => {
    editor.files.set('/project/a.txt', 'x'.repeat(MENTION_LIMITS.chars + 1));
    const read = await readMention(file('/project/a.txt'));
    expect(read?.cut).toBe(true);
    expect(read?.text).toHaveLength(MENTION_LIMITS.chars);
  });

  test.each(['', 'nonsense', '|', 'file:///project/a.ts|1:2', '|1:2-3:4'])('the id "%s" means nothing', async (id) => {
    expect(await readMention({ kind: 'file', label: 'x', id })).toBeUndefined();
  });
});

describe('problems and symbols', () => {
  const range = new Range(new Position(1, 0), new Position(1, 3));

  test('a problem brings its message and the lines around it', async () => {
    openEditor('one\ntwo\nthree¦\n');
    editor.diagnostics = [{ range, message: 'two is not defined' }];
    const [suggestion] = await suggestMentions('problem', new LastEditor());
    expect(suggestion).toMatchObject({ kind: 'problem', label: 'problem:2', description: 'two is not defined' });
    const read = await readMention(suggestion as Mention);
    expect(read?.text).toBe('one\ntwo\nthree\n\n\nProblems:\nline 2: two is not defined');
  });

  test('a symbol of the file brings its lines, also a nested one', async () => {
    openEditor('one\ntwo\nthree¦\n');
    editor.symbols = [{ name: 'Outer', range, children: [{ name: 'inner', range, children: [] }] }];
    expect(await labels('symbol:')).toEqual(['symbol:Outer', 'symbol:inner']);
    const [suggestion] = await suggestMentions('symbol:inn', new LastEditor());
    expect(await readMention(suggestion as Mention)).toMatchObject({ label: 'symbol:inner', text: 'two' });
  });
});
