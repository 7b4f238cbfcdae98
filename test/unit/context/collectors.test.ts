/**
 * What each collector finds in a small project, and that it never finds the document itself or an excluded file.
 */
import { describe, expect, test } from 'vitest';
import { editedRegions } from '../../../src/context/collectors/editedRegions';
import { IMPORT_LIMITS, importSignatures } from '../../../src/context/collectors/importSignatures';
import { siblingWindows, tabWindows } from '../../../src/context/collectors/similarFiles';
import { IndexedText } from '../../../src/context/indexedText';
import { RecentEdits } from '../../../src/context/recentEdits';
import { RecentFiles } from '../../../src/context/recentFiles';
import { mostSimilarWindow } from '../../../src/context/similarWindow';
import { WorkBudget } from '../../../src/context/workBudget';
import { at, fakeProject, inputFor } from './fakeProject';

const CART = `import { price, type Price } from './price';
import { unused } from './unused';
import { join } from 'node:path';
`;
const PROJECT = {
  'src/cart.ts': CART,
  'src/price.ts':
    'export interface Price {\n  amount: number;\n}\nexport function price(amount: number): Price {\n  return { amount };\n}\nexport function other() {}\n',
  'src/unused.ts': 'export const unused = 1;\n',
  'src/cartView.ts': 'export function view(cart) {\n  return price(cart.amount).amount + discount(cart);\n}\n',
  'src/far.ts': 'export const nothingInCommon = 1;\n',
};

describe('imports', () => {
  test('give the signatures of the imported names; those used near the cursor score higher', async () => {
    const found = await importSignatures.collect(inputFor(fakeProject(PROJECT), 'src/cart.ts', CART, 'const p: Price = price(1);'));
    expect(found).toEqual([
      {
        source: 'imports',
        file: at('src/price.ts'),
        text: 'export interface Price {\n  amount: number;\n}\nexport function price(amount: number): Price;',
        score: 1,
      },
      { source: 'imports', file: at('src/unused.ts'), text: 'export const unused = 1;', score: 0.2 },
    ]);
  });

  test('of Python find modules that are imported by name from their package', async () => {
    const project = fakeProject({ 'app/__init__.py': '', 'app/core.py': 'def run(path): return 1\n', 'app/main.py': '' });
    const found = await importSignatures.collect(inputFor(project, 'app/main.py', 'from . import core\n', 'core.run('));
    expect(found.map(({ file, text }) => [file.path, text])).toEqual([['app/core.py', 'def run(path): ...']]);
  });

  test('of Go take the files of the package, without its tests', async () => {
    const project = fakeProject({
      'cmd/main.go': '',
      'internal/core/a.go': 'package core\n\nfunc Run(path string) error {\n}\n',
      'internal/core/a_test.go': 'package core\n\nfunc TestRun() {\n}\n',
    });
    const found = await importSignatures.collect(inputFor(project, 'cmd/main.go', 'import "example.com/app/internal/core"\n', 'core.Run('));
    expect(found.map(({ file }) => file.path)).toEqual(['internal/core/a.go']);
  });

  test.each([
    ['main.py', Array.from({ length: 200 }, (_, i) => `import nowhere${i}`).join('\n')],
    ['main.go', `import "example.com/${'a/'.repeat(500)}b"\n`],
  ])('that are nowhere in the workspace list no folders without end: %s', async (path, head) => {
    const project = fakeProject({ [path]: '' });
    await importSignatures.collect(inputFor(project, path, head, 'x'));
    expect(project.listed.length).toBeLessThanOrEqual(IMPORT_LIMITS.lookedAtFolders + 8);
    expect(project.listed.length).toBeGreaterThan(0);
  });

  test('are followed no further when the pass is called off', async () => {
    const project = fakeProject(PROJECT);
    const input = { ...inputFor(project, 'src/cart.ts', CART, 'price'), signal: AbortSignal.abort() };
    expect(await importSignatures.collect(input)).toEqual([]);
    expect(project.listed).toEqual([]);
  });

  test('read nothing that is excluded, and nothing for a language without imports', async () => {
    const project = fakeProject(PROJECT, (path) => path === 'src/price.ts');
    const found = await importSignatures.collect(inputFor(project, 'src/cart.ts', CART, 'price'));
    expect(found.map(({ file }) => file.path)).toEqual(['src/unused.ts']);
    expect(project.read).not.toContain('src/price.ts');
    expect(await importSignatures.collect(inputFor(project, 'notes.md', CART, 'price'))).toEqual([]);
  });
});

describe('open files and siblings', () => {
  test('give the window that shares most identifiers with the place', async () => {
    const project = fakeProject(PROJECT);
    const tabs = tabWindows(() => [at('src/cart.ts'), at('src/cartView.ts'), at('src/far.ts')]);
    const found = await tabs.collect(inputFor(project, 'src/cart.ts', CART, 'price(cart.amount) + discount(cart)'));
    expect(found.map(({ file, source }) => [file.path, source])).toEqual([['src/cartView.ts', 'tabs']]);
    expect(found[0]?.text).toContain('discount(cart)');
  });

  test('siblings are files of the same kind in the same folder, those with a similar name first', async () => {
    const project = fakeProject({ ...PROJECT, 'src/cart.css': 'price', 'lib/cartOther.ts': 'price(cart.amount)' });
    const found = await siblingWindows.collect(inputFor(project, 'src/cart.ts', CART, 'price(cart.amount) + discount(cart)'));
    expect(found.map(({ file }) => file.path)).toEqual(['src/cartView.ts', 'src/price.ts']);
    expect(project.read.indexOf('src/cartView.ts')).toBe(0);
  });

  test('stop when the time is used up', async () => {
    const project = fakeProject(PROJECT);
    let nowMs = 0;
    const budget = new WorkBudget(() => (nowMs += 15), 20);
    const input = { ...inputFor(project, 'src/cart.ts', CART, 'price(cart.amount)'), budget };
    await siblingWindows.collect(input);
    // Two files at 15 ms each use up 20 ms; the others are not even read.
    expect(project.read).toHaveLength(2);
  });
});

describe('the most similar window', () => {
  const filler = Array.from({ length: 200 }, (_, index) => `const filler${index} = other${index};`);
  test('is found in the middle of a long file and cut to the lines that matter', () => {
    const lines = [...filler];
    lines[120] = 'const total = price(cart.amount);';
    const text = new IndexedText(at('a.ts'), lines.join('\n'));
    const window = mostSimilarWindow(text, new Set(['price', 'cart', 'amount', 'total']));
    expect(window?.start).toBeLessThanOrEqual(120);
    expect(window?.end).toBeGreaterThan(120);
    expect((window?.end ?? 0) - (window?.start ?? 0)).toBeLessThanOrEqual(24);
  });

  test('is none where nothing is shared, and the whole of a short file that shares something', () => {
    expect(mostSimilarWindow(new IndexedText(at('a.ts'), filler.join('\n')), new Set(['price']))).toBeUndefined();
    expect(mostSimilarWindow(new IndexedText(at('a.ts'), 'price\nx'), new Set(['price']))).toMatchObject({ start: 0, end: 2 });
  });
});

describe('recent edits', () => {
  test('give the edited lines of other files with some around them, the latest first', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line${index};`);
    const project = fakeProject({ 'a.ts': lines.join('\n'), 'b.ts': lines.join('\n') });
    const edits = new RecentEdits();
    edits.record(at('a.ts'), { startLine: 20, endLine: 20, insertedBreaks: 0 });
    edits.record(at('b.ts'), { startLine: 5, endLine: 5, insertedBreaks: 0 });
    edits.record(at('c.ts'), { startLine: 5, endLine: 5, insertedBreaks: 0 });
    const found = await editedRegions(() => edits.recent()).collect(inputFor(project, 'c.ts', '', 'line5'));
    expect(found.map(({ file }) => file.path)).toEqual(['b.ts', 'a.ts']);
    expect(found[0]?.text.split('\n')).toEqual(lines.slice(2, 9));
  });

  test('are merged when near, move with lines that come and go above them, and are bounded', () => {
    const edits = new RecentEdits();
    edits.record(at('a.ts'), { startLine: 20, endLine: 20, insertedBreaks: 0 });
    edits.record(at('a.ts'), { startLine: 22, endLine: 22, insertedBreaks: 1 });
    expect(edits.recent()).toEqual([{ file: at('a.ts'), start: 20, end: 24 }]);
    edits.record(at('a.ts'), { startLine: 0, endLine: 0, insertedBreaks: 3 });
    expect(edits.recent()[1]).toEqual({ file: at('a.ts'), start: 23, end: 27 });
    edits.record(at('a.ts'), { startLine: 2, endLine: 5, insertedBreaks: 0 });
    expect(edits.recent().at(-1)).toEqual({ file: at('a.ts'), start: 20, end: 24 });
    for (let line = 0; line < 3000; line += 30) edits.record(at('b.ts'), { startLine: line, endLine: line, insertedBreaks: 0 });
    expect(edits.recent().length).toBeLessThanOrEqual(12);
    edits.forget(at('b.ts'));
    expect(edits.recent()).toEqual([]);
  });

  test('recently viewed files are bounded, the last one first', () => {
    const files = new RecentFiles(2);
    for (const path of ['a', 'b', 'a', 'c']) files.viewed(at(path));
    expect(files.recent().map(({ path }) => path)).toEqual(['c', 'a']);
  });
});
