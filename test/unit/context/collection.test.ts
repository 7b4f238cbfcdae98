/**
 * From candidates to the snippets of a prompt: ranking, budgets, what stays when something new is found, and the time that a pass may take.
 */
import { describe, expect, test } from 'vitest';
import { importSignatures } from '../../../src/context/collectors/importSignatures';
import { siblingWindows } from '../../../src/context/collectors/similarFiles';
import { ContextCollection, WORK_LIMIT_MS } from '../../../src/context/contextCollection';
import { FILE_LIMITS, ProjectFiles } from '../../../src/context/projectFiles';
import { RANK_LIMITS, rankSnippets } from '../../../src/context/rankSnippets';
import type { Collector, SnippetCandidate, SnippetSource } from '../../../src/context/snippetCandidate';
import { SnippetSets } from '../../../src/context/snippetSets';
import { tokensOfSnippets } from '../../../src/prompt/promptSnippet';
import { at, fakeProject, ROOT } from './fakeProject';

function candidate(
  path: string,
  score: number,
  source: SnippetSource = 'tabs',
  text = `line of ${path};\n`.repeat(10).trim(),
): SnippetCandidate {
  return { source, file: at(path), text, score };
}

describe('ranking', () => {
  test('takes the best, at most four, one a file, never the document itself', () => {
    const candidates = ['a', 'b', 'c', 'd', 'e', 'me'].map((path, index) => candidate(path, index));
    const ranked = rankSnippets([...candidates, candidate('e', 0.5, 'imports', 'another text')], at('me'));
    expect(ranked.map(({ path }) => path)).toEqual(['b', 'c', 'd', 'e']);
  });

  test('orders what changes least first', () => {
    const ranked = rankSnippets(
      [candidate('a', 4, 'edits'), candidate('c', 3, 'tabs'), candidate('b', 2, 'imports'), candidate('d', 1, 'imports')],
      at('me'),
    );
    expect(ranked.map(({ path }) => path)).toEqual(['b', 'd', 'c', 'a']);
  });

  test('stays within the token budget and cuts a long snippet at the end of a line', () => {
    const candidates = ['a', 'b', 'c', 'd'].map((path, index) =>
      candidate(path, 9 - index, 'tabs', `const x${path} = value;\n`.repeat(200).trim()),
    );
    const ranked = rankSnippets(candidates, at('me'));
    expect(tokensOfSnippets(ranked)).toBeLessThanOrEqual(RANK_LIMITS.tokens);
    expect(tokensOfSnippets(ranked.slice(0, 1))).toBeLessThanOrEqual(RANK_LIMITS.tokensOfOne);
    for (const { text } of ranked) expect(text.endsWith('value;')).toBe(true);
  });

  test('leaves a place for what the user edited beside many imports, and fills up with imports where there is nothing else', () => {
    const imports = ['a', 'b', 'c', 'd', 'e'].map((path) => candidate(path, 1, 'imports'));
    const pathsOf = (candidates: SnippetCandidate[]): string[] => rankSnippets(candidates, at('me')).map(({ path }) => path);
    expect(pathsOf([...imports, candidate('edited', 0.5, 'edits')])).toEqual(['a', 'b', 'c', 'edited']);
    expect(pathsOf(imports)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('shows the same text once', () => {
    const ranked = rankSnippets([candidate('a', 2, 'tabs', 'same text'), candidate('copy', 1, 'tabs', 'same text')], at('me'));
    expect(ranked.map(({ path }) => path)).toEqual(['a']);
  });
});

describe('the snippets of a document', () => {
  const snippet = (path: string, text = `first line of ${path}\nsecond line of ${path}`) => ({ path, text });

  test('are the same array until something else is published', () => {
    const sets = new SnippetSets();
    expect(sets.snippetsFor('doc')).toBe(sets.snippetsFor('other'));
    expect(sets.publish('doc', [snippet('a')])).toBe(true);
    const first = sets.snippetsFor('doc');
    expect(sets.publish('doc', [snippet('a')])).toBe(false);
    expect(sets.snippetsFor('doc')).toBe(first);
  });

  test('stay when the new ones say much the same, and go when they say something else', () => {
    const sets = new SnippetSets();
    const lines = Array.from({ length: 10 }, (_, index) => `line ${index}`);
    sets.publish('doc', [snippet('a', lines.join('\n'))]);
    const shifted = [...lines.slice(1), 'line 10'].join('\n');
    expect(sets.publish('doc', [snippet('a', shifted)])).toBe(false);
    expect(sets.snippetsFor('doc')[0]?.text).toBe(lines.join('\n'));
    const moved = [...lines.slice(4), 'line 10', 'line 11', 'line 12', 'line 13'].join('\n');
    expect(sets.publish('doc', [snippet('a', moved)])).toBe(true);
    expect(sets.snippetsFor('doc')[0]?.text).toBe(moved);
  });

  test('that stay keep their places, and new ones come after them', () => {
    const sets = new SnippetSets();
    sets.publish('doc', [snippet('b'), snippet('c')]);
    sets.publish('doc', [snippet('a'), snippet('c')]);
    expect(sets.snippetsFor('doc').map(({ path }) => path)).toEqual(['c', 'a']);
  });

  test('are remembered for so many documents, and forgotten when asked to', () => {
    const sets = new SnippetSets(2);
    for (const key of ['1', '2', '3']) sets.publish(key, [snippet('a')]);
    expect(sets.snippetsFor('1')).toEqual([]);
    expect(sets.snippetsFor('3')).toHaveLength(1);
    sets.clear();
    expect(sets.snippetsFor('3')).toEqual([]);
  });
});

describe('the files of a project', () => {
  test('come from the editor when open, whatever the disk says, and are indexed once a version', async () => {
    const project = fakeProject({ 'a.ts': 'old' });
    project.open.set('a.ts', { version: 1, text: 'new' });
    const first = await project.files.read(at('a.ts'));
    expect(first?.lines).toEqual(['new']);
    expect(await project.files.read(at('a.ts'))).toBe(first);
    project.open.set('a.ts', { version: 2, text: 'newer' });
    expect((await project.files.read(at('a.ts')))?.lines).toEqual(['newer']);
    expect(project.read).toEqual([]);
  });

  test('are read again from disk after a while, or when they changed', async () => {
    const project = fakeProject({ 'a.ts': 'old' });
    await project.files.read(at('a.ts'));
    await project.files.read(at('a.ts'));
    expect(project.read).toHaveLength(1);
    project.files.forget(at('a.ts'));
    await project.files.read(at('a.ts'));
    project.nowMs += FILE_LIMITS.diskFreshMs;
    await project.files.read(at('a.ts'));
    expect(project.read).toHaveLength(3);
  });

  test('are kept in bounded memory, the least recently used goes first', async () => {
    const text = 'x'.repeat(100_000);
    const project = fakeProject(Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`f${index}.ts`, text])));
    for (let index = 0; index < 60; index += 1) {
      await project.files.read(at(`f${index}.ts`));
      await project.files.read(at('f0.ts'));
      expect(project.files.cachedChars).toBeLessThanOrEqual(FILE_LIMITS.cachedChars);
    }
    expect(project.read.filter((path) => path === 'f0.ts')).toHaveLength(1);
  });

  test('that hold binary data, or are excluded, are none', async () => {
    const project = fakeProject({ 'a.ts': 'a\0b', 'b.ts': 'b' }, (path) => path === 'b.ts');
    expect(await project.files.read(at('a.ts'))).toBeUndefined();
    expect(await project.files.read(at('b.ts'))).toBeUndefined();
    expect(project.read).toEqual(['a.ts']);
  });
});

describe('a pass', () => {
  const TARGET = { documentKey: 'doc', file: at('src/cart.ts'), head: "import { price } from './price';\n", nearby: 'price(cart.amount)' };
  const PROJECT = {
    'src/price.ts': 'export function price(amount: number): number {\n  return amount;\n}\n',
    'src/cartView.ts': 'export function secret(cart) {\n  return price(cart.amount);\n}\n',
  };
  const options = { signal: new AbortController().signal, mayPublish: () => true };

  function passOver(collectors: readonly Collector[], now: () => number = () => 0) {
    const { access } = fakeProject(PROJECT);
    const logged: string[] = [];
    const sets = new SnippetSets();
    const debug = (message: string): number => logged.push(message);
    const collection = new ContextCollection({ collectors, files: new ProjectFiles(access, now), sets, now, debug });
    return { collection, sets, logged };
  }

  test('publishes what was found and logs paths, sizes and reasons, but no code', async () => {
    const { collection, sets, logged } = passOver([importSignatures, siblingWindows]);
    expect(await collection.refresh(TARGET, options)).toEqual({ changed: true, outOfTime: false });
    expect(sets.snippetsFor('doc').map(({ path }) => path)).toEqual(['src/price.ts', 'src/cartView.ts']);
    const log = logged.join('\n');
    expect(log).toContain('src/price.ts (imports, 46 characters, score 1.00)');
    expect(log).not.toContain('amount');
    expect(log).not.toContain(ROOT);
  });

  test('stops after its time: collectors that did not get any are named', async () => {
    let nowMs = 0;
    const { collection, sets, logged } = passOver([importSignatures, siblingWindows], () => (nowMs += WORK_LIMIT_MS / 3));
    expect(await collection.refresh(TARGET, options)).toEqual({ changed: true, outOfTime: true });
    expect(sets.snippetsFor('doc').map(({ path }) => path)).toEqual(['src/price.ts']);
    expect(logged.join('\n')).toContain('no time left for siblings');
  });

  test('publishes nothing when it was called off or the user typed meanwhile', async () => {
    const { collection, sets } = passOver([importSignatures]);
    const aborted = new AbortController();
    aborted.abort();
    expect(await collection.refresh(TARGET, { ...options, signal: aborted.signal })).toMatchObject({ changed: false });
    expect(await collection.refresh(TARGET, { ...options, mayPublish: () => false })).toMatchObject({ changed: false });
    expect(sets.snippetsFor('doc')).toEqual([]);
  });

  test('goes on without a collector that fails', async () => {
    const broken: Collector = { source: 'symbols', collect: () => Promise.reject(new Error('server gone')) };
    const { collection, sets, logged } = passOver([broken, importSignatures]);
    await collection.refresh(TARGET, options);
    expect(sets.snippetsFor('doc')).toHaveLength(1);
    expect(logged.join('\n')).toContain('symbols failed: server gone');
  });
});
