/**
 * Which files .gitignore, .bambooignore and the setting keep out, as git reads such rules.
 */
import { describe, expect, test } from 'vitest';
import { IgnoreRules } from '../../../src/context/ignoreRules';
import { at } from './fakeProject';

function rulesOver(files: Readonly<Record<string, string>>, patterns: readonly string[] = []) {
  const read: string[] = [];
  const rules = new IgnoreRules({
    read: ({ path }) => {
      read.push(path);
      return Promise.resolve(files[path]);
    },
    patterns: () => patterns,
  });
  return { rules, read };
}

describe('ignored files', () => {
  const FILES = {
    '.gitignore': '*.log\n/dist\nbuild/\n!keep.log\n# comment\n',
    'pkg/.gitignore': 'local.ts\n!special.log\n',
    '.bambooignore': 'private/\n!dist\n',
    'pkg/.bambooignore': '*.gen.ts\n',
  };

  test.each([
    ['src/a.ts', false],
    ['a.log', true],
    ['deep/er/a.log', true],
    ['keep.log', false],
    ['build/a.ts', true],
    ['src/build/a.ts', true],
    ['src/dist/a.ts', false],
    ['pkg/local.ts', true],
    ['pkg/deep/local.ts', true],
    ['local.ts', false],
    ['pkg/special.log', false],
    ['private/a.ts', true],
    ['pkg/a.gen.ts', true],
    ['a.gen.ts', false],
    ['.git/config', true],
    ['pkg/.git/config', true],
  ])('%s: %s', async (path, ignored) => {
    expect(await rulesOver(FILES).rules.isIgnored(at(path))).toBe(ignored);
  });

  test('.bambooignore can bring back what git ignores', async () => {
    expect(await rulesOver(FILES).rules.isIgnored(at('dist/a.ts'))).toBe(false);
  });

  test('nothing in an ignored folder comes back by a rule inside it', async () => {
    const { rules } = rulesOver({ '.gitignore': 'vendor/\n', 'vendor/.gitignore': '!a.ts\n' });
    expect(await rules.isIgnored(at('vendor/a.ts'))).toBe(true);
  });

  test('the setting has the last word', async () => {
    const { rules } = rulesOver(FILES, ['**/generated/**', '!*.log']);
    expect(await rules.isIgnored(at('src/generated/a.ts'))).toBe(true);
    expect(await rules.isIgnored(at('a.log'))).toBe(false);
  });

  test('are known at once when asked again, and read anew after a change', async () => {
    const files: Record<string, string> = {};
    const { rules, read } = rulesOver(files);
    expect(await rules.isIgnored(at('src/a.ts'))).toBe(false);
    expect(rules.isIgnored(at('src/a.ts'))).toBe(false);
    const reads = read.length;
    await rules.isIgnored(at('src/b.ts'));
    expect(read).toHaveLength(reads);
    files['.gitignore'] = 'src\n';
    rules.clear();
    expect(await rules.isIgnored(at('src/a.ts'))).toBe(true);
  });

  test('are all files while an ignore file cannot be read, and known again when it can', async () => {
    let fails = true;
    const rules = new IgnoreRules({
      read: ({ path }) => (fails && path === 'src/.gitignore' ? Promise.reject(new Error('slow')) : Promise.resolve(undefined)),
      patterns: () => [],
    });
    expect(await rules.isIgnored(at('src/a.ts'))).toBe(true);
    fails = false;
    expect(await rules.isIgnored(at('src/a.ts'))).toBe(false);
  });

  test('of one folder that are asked about at once have its ignore files read once', async () => {
    const { rules, read } = rulesOver({});
    await Promise.all(['a.ts', 'b.ts', 'c.ts'].map(async (path) => rules.isIgnored(at(path))));
    expect(read).toEqual(['.gitignore', '.bambooignore']);
  });

  test('an answer that was on its way when the rules changed is not kept', async () => {
    const files: Record<string, string> = {};
    const { rules } = rulesOver(files);
    const early = rules.isIgnored(at('a.ts'));
    rules.clear();
    files['.gitignore'] = 'a.ts\n';
    await early;
    expect(await rules.isIgnored(at('a.ts'))).toBe(true);
  });
});
