import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ChangeProposal } from '../../../../src/vscode/chat/changeProposal';
import { copyText, insertAtCursor, openAsNewFile } from '../../../../src/vscode/chat/codeActions';
import { selectionMention } from '../../../../src/vscode/chat/mentionSuggestions';
import { LastEditor } from '../../../../src/vscode/lastEditor';
import { settle } from '../../completion/controlledEngine';
import { editor, openEditor, resetEditor, window } from './fakeEditor';

vi.mock('vscode', () => import('./fakeEditor'));
beforeEach(() => resetEditor());

describe('code of an answer', () => {
  test('is copied', async () => {
    expect(await copyText('x = 1')).toBe('Copied');
    expect(editor.clipboard).toBe('x = 1');
  });

  test('is inserted at the cursor with its indentation, in one step', async () => {
    const document = openEditor('function f() {\n  ¦\n}\n');
    expect(await insertAtCursor('if (a) {\n  b();\n}\n', new LastEditor())).toBe('Inserted at line 2');
    expect(document.text).toBe('function f() {\n  if (a) {\n    b();\n  }\n}\n');
    expect(editor.edits).toBe(1);
  });

  test('goes before a selection, which stays', async () => {
    const document = openEditor('class A {\n  [total() {}]\n}\n');
    await insertAtCursor('/** Adds. */', new LastEditor());
    expect(document.text).toBe('class A {\n  /** Adds. */\n  total() {}\n}\n');
  });

  test('is not inserted where there is no editor, or it is read-only; that is said', async () => {
    expect(await insertAtCursor('x', new LastEditor())).toContain('Open a file first');
    openEditor('¦');
    editor.acceptsEdits = false;
    expect(await insertAtCursor('x', new LastEditor())).toContain('read-only');
  });

  test('still finds the editor while the focus is in the view', () => {
    openEditor('¦');
    const editors = new LastEditor();
    const opened = window.activeTextEditor;
    window.activeTextEditor = undefined;
    expect(editors.editor).toBe(opened);
    window.visibleTextEditors = [];
    expect(editors.editor).toBeUndefined();
  });

  test('opens as a new file in its language', async () => {
    await openAsNewFile('print(1)', 'py');
    expect(editor.documents.at(-1)).toMatchObject({ text: 'print(1)', languageId: 'python' });
    await openAsNewFile('?', 'no such language');
    expect(editor.documents.at(-1)).toMatchObject({ languageId: 'plaintext' });
  });
});

describe('a proposed change', () => {
  const told: string[] = [];
  function proposing(): ChangeProposal {
    told.length = 0;
    return new ChangeProposal((sentence) => told.push(sentence));
  }

  test('is shown as a diff and changes nothing by itself', async () => {
    const document = openEditor('a\n[b]\nc\n');
    const proposal = proposing();
    await proposal.propose('B', new LastEditor());
    expect(editor.diffs[0]?.title).toBe('a.ts: proposed by Bamboo');
    expect(proposal.provideTextDocumentContent(editor.diffs[0]?.proposed as never)).toBe('a\nB\nc\n');
    expect(document.text).toBe('a\nb\nc\n');
  });

  test('is applied in place of the selection, with its indentation, in one step; the diff closes', async () => {
    const document = openEditor('class A {\n[  f() {\n  }\n]}\n');
    const proposal = proposing();
    await proposal.propose('f() {\n  return 1;\n}', new LastEditor());
    expect(await proposal.apply()).toBe(true);
    expect(document.text).toBe('class A {\n  f() {\n    return 1;\n  }\n}\n');
    expect(editor.edits).toBe(1);
    expect(editor.tabs).toEqual([]);
    expect(told).toEqual(['Applied to a.ts. Undo takes it back.']);
  });

  test('replaces the whole document where nothing is selected', async () => {
    const document = openEditor('old¦\n');
    const proposal = proposing();
    await proposal.propose('new', new LastEditor());
    await proposal.apply();
    expect(document.text).toBe('new\n');
  });

  test('is refused when the document changed meanwhile, and says so', async () => {
    const document = openEditor('a\n[b]\nc\n');
    const proposal = proposing();
    await proposal.propose('B', new LastEditor());
    document.text = 'a\nx\nb\nc\n';
    expect(await proposal.apply()).toBe(false);
    expect(document.text).toBe('a\nx\nb\nc\n');
    expect(told.join()).toContain('changed since the change was proposed');
    expect(editor.tabs).toEqual([]);
  });

  test('that was discarded, or applied already, is not applied', async () => {
    openEditor('[b]');
    const proposal = proposing();
    await proposal.propose('B', new LastEditor());
    await proposal.discard();
    expect(await proposal.apply()).toBe(false);
    expect(editor.tabs).toEqual([]);
  });

  test('gives way to a newer one', async () => {
    const document = openEditor('[b]');
    const proposal = proposing();
    const editors = new LastEditor();
    await proposal.propose('first', editors);
    await proposal.propose('second', editors);
    expect(editor.tabs).toHaveLength(1);
    expect(proposal.provideTextDocumentContent(editor.diffs[0]?.proposed as never)).toBe('');
    await proposal.apply();
    expect(document.text).toBe('second');
  });

  test('leaves the document of the user the one that is meant while its diff is open', async () => {
    const document = openEditor('a\n[b]\nc\n');
    const editors = new LastEditor();
    const proposal = proposing();
    await proposal.propose('B', editors);
    expect(selectionMention(editors)?.id).toContain('/project/src/a.ts');
    await proposal.propose('second', editors);
    expect(editor.diffs[1]?.original.toString()).toBe('file:///project/src/a.ts');
    expect(proposal.provideTextDocumentContent(editor.diffs[1]?.proposed as never)).toBe('a\nsecond\nc\n');
    expect(await insertAtCursor('// new', editors)).toBe('Inserted at line 2');
    expect(document.text).toBe('a\n// new\nb\nc\n');
  });

  test('is decided by the message too', async () => {
    const document = openEditor('[b]');
    editor.answer = (_message, choices) => choices[0];
    await proposing().propose('B', new LastEditor());
    await settle();
    expect(document.text).toBe('B');
  });

  test('that a read-only file does not take is said', async () => {
    openEditor('[b]');
    editor.acceptsEdits = false;
    const proposal = proposing();
    await proposal.propose('B', new LastEditor());
    expect(await proposal.apply()).toBe(false);
    expect(told.join()).toContain('read-only');
  });
});
