/**
 * Context in the editor: what events collect, what is never read, and what the exclusion says.
 */
import type * as vscode from 'vscode';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { registerContext, type ContextParts } from '../../../../src/vscode/context/registerContext';
import { DEFINITION_LIMITS } from '../../../../src/vscode/context/definitionSymbols';
import { READ_LIMITS } from '../../../../src/vscode/context/fileAccess';
import { manualClock } from '../../completion/controlledEngine';
import { commands, editor, FOLDER, openFile, resetEditor, typeInto, Uri, workspace, type FakeEditorDocument } from './fakeEditor';

vi.mock('vscode', () => import('./fakeEditor'));

const CART = "import { price } from './price';\nimport { key } from './credentials.json';\nconst total = price(cart.amount, key);\n";
const FILES = {
  'src/cart.ts': CART,
  'src/price.ts': 'export function price(amount: number): number {\n  return amount;\n}\n',
  'src/cartView.ts': 'const total = price(cart.amount) + discount(cart);\n',
  'src/credentials.json': '{"key": "price cart amount total"}',
  'src/secrets.yaml': 'price: cart',
  'src/.env': 'price=cart',
  'src/cart.gen.ts': 'const total = price(cart.amount) + generated(cart);\n',
  '.bambooignore': '*.gen.ts\n',
};

function setUp(overrides: Partial<ContextParts> = {}) {
  const clock = manualClock();
  const logged: string[] = [];
  const changed: string[] = [];
  const registration = registerContext({
    settingsFor: () => ({ enabled: true, exclude: [] }),
    triggerSettingsFor: () => ({ enabled: true, languages: {} }),
    promptOptionsFor: () => ({ maxTokens: 64, contextLength: 2048, promptForm: 'infilling' }),
    pathOf: (document) => document.uri.path.slice('/project/'.length),
    now: clock.now,
    wait: clock.schedule,
    debug: (message) => logged.push(message),
    onDidChangeSnippets: (key) => changed.push(key),
    ...overrides,
  });
  const rest = async (ms = 2000): Promise<void> => {
    clock.advance(ms);
    for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
  };
  const pathsOf = (document: FakeEditorDocument): string[] => registration.snippetsFor(document.uri.toString()).map(({ path }) => path);
  const isExcluded = (document: FakeEditorDocument) => registration.isExcluded(document as unknown as vscode.TextDocument);
  return { ...registration, clock, logged, changed, rest, pathsOf, isExcluded };
}

beforeEach(() => resetEditor(FILES));

describe('a document that becomes active', () => {
  test('gets snippets of its imports and its neighbours soon after, and the log tells which', async () => {
    const subject = setUp();
    const document = openFile('src/cart.ts');
    expect(subject.pathsOf(document)).toEqual([]);
    await subject.rest();
    expect(subject.pathsOf(document)).toEqual(['src/price.ts', 'src/cartView.ts']);
    expect(subject.changed).toEqual(['file:///project/src/cart.ts']);
    expect(subject.logged.join('\n')).toContain('src/price.ts (imports');
    expect(subject.logged.join('\n')).not.toContain('amount');
  });

  test('never has secrets or ignored files read for it, not even those that are open', async () => {
    const subject = setUp();
    openFile('src/.env');
    openFile('src/cart.gen.ts');
    const document = openFile('src/cart.ts');
    await subject.rest();
    expect(subject.pathsOf(document)).toEqual(['src/price.ts', 'src/cartView.ts']);
    expect(editor.read.filter((path) => /\.env|credentials|secrets|\.gen\./.test(path))).toEqual([]);
    expect(editor.texts.filter((path) => /\.env|\.gen\./.test(path))).toEqual([]);
  });

  test('keeps its snippets while keys follow one another; nothing is read meanwhile', async () => {
    const subject = setUp();
    const document = openFile('src/cart.ts');
    await subject.rest();
    const before = subject.snippetsFor(document.uri.toString());
    editor.read.length = 0;
    for (let key = 0; key < 50; key += 1) {
      typeInto(document, 'x');
      await subject.rest(100);
      expect(subject.snippetsFor(document.uri.toString())).toBe(before);
    }
    expect(editor.read).toEqual([]);
    expect(editor.texts).toEqual([]);
  });

  test('is shown what was edited in another file a moment ago, unsaved', async () => {
    const subject = setUp();
    const other = openFile('lib/tax.ts', 'export const a = 1;\n');
    typeInto(other, 'export function taxOf(cart) { return 2; }');
    const document = openFile('src/cart.ts');
    await subject.rest();
    expect(subject.pathsOf(document)).toContain('lib/tax.ts');
    const texts = subject.snippetsFor(document.uri.toString()).map(({ text }) => text);
    expect(texts.join('\n')).toContain('taxOf(cart)');
  });

  test.each(['output', 'git', 'bamboo-context'])('is shown nothing of what nobody writes: %s', async (scheme) => {
    const subject = setUp();
    const log = openFile('a.ts', 'const total = price(cart.amount);\n', 0, scheme);
    typeInto(log, 'const total = price(cart.amount);');
    const document = openFile('src/cart.ts');
    await subject.rest();
    expect(subject.pathsOf(document)).toEqual(['src/price.ts', 'src/cartView.ts']);
    expect(editor.texts).not.toContain('a.ts');
  });

  test('is not even looked at when it is ignored', async () => {
    const subject = setUp();
    const document = openFile('src/cart.gen.ts', CART);
    const lineAt = vi.spyOn(document, 'lineAt');
    await subject.rest();
    expect(lineAt).not.toHaveBeenCalled();
    expect(subject.pathsOf(document)).toEqual([]);
  });

  test('gets nothing where context or completions are switched off', async () => {
    for (const off of [
      { settingsFor: () => ({ enabled: false, exclude: [] }) },
      { triggerSettingsFor: () => ({ enabled: false, languages: {} }) },
    ]) {
      const subject = setUp(off);
      const document = openFile('src/cart.ts');
      await subject.rest();
      expect(subject.pathsOf(document)).toEqual([]);
    }
  });
});

describe('definitions', () => {
  const CODE = 'const a = discountOf(item);\n';

  test('that a language server knows are shown, from files of the workspace only', async () => {
    editor.files.set('lib/discount.rb', 'def other\nend\n\ndef discountOf(item)\n  1\nend\n');
    commands.registerCommand('vscode.executeDefinitionProvider', (_, position) => {
      const range = { start: { line: 3, character: 0 } };
      const isCall = (position as { character: number }).character === CODE.indexOf('discountOf');
      return isCall
        ? [
            { uri: new Uri('file', '/usr/lib/x.rb'), range },
            { targetUri: Uri.joinPath(FOLDER.uri, 'lib/discount.rb'), targetRange: range },
          ]
        : [];
    });
    const subject = setUp();
    const document = openFile('main.rb', CODE);
    await subject.rest();
    expect(subject.snippetsFor(document.uri.toString())).toEqual([{ path: 'lib/discount.rb', text: 'def discountOf(item)\n  1\nend' }]);
  });

  test.each([
    ['never answers', () => new Promise(() => undefined)],
    ['fails', () => Promise.reject(new Error('gone'))],
  ])('are left out when the server %s', async (_, answer) => {
    commands.registerCommand('vscode.executeDefinitionProvider', answer);
    const subject = setUp();
    const document = openFile('src/cart.ts');
    await subject.rest();
    await subject.rest(DEFINITION_LIMITS.waitMs);
    expect(subject.pathsOf(document)).toEqual(['src/price.ts', 'src/cartView.ts']);
  });
});

describe('what is read', () => {
  test('in an untrusted workspace: open documents only', async () => {
    workspace.isTrusted = false;
    const subject = setUp();
    openFile('src/cartView.ts');
    const document = openFile('src/cart.ts');
    await subject.rest();
    expect(subject.pathsOf(document)).toEqual(['src/cartView.ts']);
    expect(editor.read.filter((path) => !path.endsWith('ignore'))).toEqual([]);
  });

  test('a file system that does not answer is not waited for', async () => {
    editor.stuck.add('src/price.ts');
    const subject = setUp();
    const document = openFile('src/cart.ts');
    await subject.rest();
    expect(subject.pathsOf(document)).toEqual([]);
    await subject.rest(READ_LIMITS.waitMs);
    expect(subject.pathsOf(document)).toEqual(['src/cartView.ts']);
  });

  test.each(['src/price.ts', 'src'])('nothing through a symbolic link: %s', async (link) => {
    editor.links.add(link);
    const subject = setUp();
    const document = openFile('src/cart.ts');
    await subject.rest();
    expect(subject.pathsOf(document)).toEqual(link === 'src' ? [] : ['src/cartView.ts']);
    expect(editor.read).not.toContain('src/price.ts');
  });

  test('too large files are left out', async () => {
    editor.files.set('src/price.ts', 'export const price = 1;\n'.repeat(40_000));
    const subject = setUp();
    const document = openFile('src/cart.ts');
    await subject.rest();
    expect(subject.pathsOf(document)).toEqual(['src/cartView.ts']);
  });
});

describe('the exclusion', () => {
  test('says which documents ignore files and the setting keep out, at once after the first time', async () => {
    const subject = setUp({ settingsFor: () => ({ enabled: true, exclude: ['/lib'] }) });
    const [ignored, excluded, ordinary] = [openFile('src/cart.gen.ts'), openFile('lib/a.ts'), openFile('src/cart.ts')];
    expect([await subject.isExcluded(ignored), await subject.isExcluded(excluded), await subject.isExcluded(ordinary)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([subject.isExcluded(ignored), subject.isExcluded(ordinary)]).toEqual([true, false]);
  });

  test.each([
    ['does not answer', () => editor.stuck.add('.bambooignore'), () => editor.stuck.clear()],
    ['fails', () => editor.failing.set('.bambooignore', new Error('no permission')), () => editor.failing.clear()],
  ])('keeps everything out while an ignore file %s', async (_, hinder, relent) => {
    hinder();
    const subject = setUp();
    const document = openFile('src/cart.ts');
    const asked = subject.isExcluded(document);
    await subject.rest(READ_LIMITS.waitMs);
    expect(await asked).toBe(true);
    relent();
    await subject.rest(READ_LIMITS.waitMs);
    expect(await subject.isExcluded(document)).toBe(false);
  });

  test('that changes during a pass leaves nothing of it behind', async () => {
    editor.stuck.add('src/price.ts');
    let enabled = true;
    const subject = setUp({ settingsFor: () => ({ enabled, exclude: [] }) });
    const document = openFile('src/cart.ts');
    await subject.rest(200);
    await subject.rest(150);
    enabled = false;
    editor.events.configuration.fire({ affectsConfiguration: () => true });
    await subject.rest(120);
    expect(subject.changed).toEqual([]);
    await subject.rest();
    expect(subject.pathsOf(document)).toEqual([]);
    expect(subject.changed).toEqual([]);
  });

  test('is read anew when an ignore file changed, and the snippets go', async () => {
    const subject = setUp();
    const document = openFile('src/cart.ts');
    await subject.rest();
    editor.files.set('src/.gitignore', 'price.ts\ncartView.ts\n');
    editor.events.ignoreFile.fire(undefined);
    expect(subject.pathsOf(document)).toEqual([]);
    await subject.rest();
    expect(subject.pathsOf(document)).toEqual([]);
  });
});

describe('the command that shows the prompt', () => {
  test('shows its parts in their order', async () => {
    const subject = setUp();
    openFile('src/cart.ts');
    await subject.rest();
    await commands.executeCommand('bamboo.showContext');
    const [shown = ''] = editor.shown;
    const order = ['1. From src/price.ts', '2. From src/cartView.ts', 'Path', 'After the cursor', 'Before the cursor'];
    const places = order.map((text) => shown.indexOf(text));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    for (const disposable of subject.disposables) disposable.dispose();
  });

  test('shows nothing of a file with secrets', async () => {
    setUp();
    openFile('src/.env');
    await commands.executeCommand('bamboo.showContext');
    expect(editor.shown.join()).not.toContain('price=cart');
  });
});
