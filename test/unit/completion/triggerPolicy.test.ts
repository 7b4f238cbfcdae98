import { describe, expect, test } from 'vitest';
import { cursorShape } from '../../../src/completion/cursorShape';
import { documentContextFromText } from '../../../src/completion/documentContext';
import { isSecretFile, silentDocument, silentPosition } from '../../../src/completion/triggerPolicy';

const ON = { enabled: true, languages: { markdown: false, python: true } };
const FILE = { scheme: 'file', languageId: 'typescript', path: 'src/a.ts' };

describe('documents that get no completions', () => {
  test('a source file gets them', () => {
    expect(silentDocument(FILE, ON)).toBeUndefined();
    expect(silentDocument({ ...FILE, languageId: 'python' }, ON)).toBeUndefined();
    expect(silentDocument({ ...FILE, scheme: 'untitled', path: 'Untitled-1' }, ON)).toBeUndefined();
  });

  test('none when switched off', () => {
    expect(silentDocument(FILE, { ...ON, enabled: false })).toBe('disabled');
  });

  test('none for a language that is switched off', () => {
    expect(silentDocument({ ...FILE, languageId: 'markdown' }, ON)).toBe('language-disabled');
  });

  test.each(['output', 'git', 'vscode-scm', 'comment', 'bamboo-context', 'bamboo-proposal'])('none in documents of scheme %s', (scheme) => {
    expect(silentDocument({ ...FILE, scheme }, ON)).toBe('unsupported-document');
  });

  test.each([
    '.env',
    'app/.env.local',
    'prod.env',
    'certs/server.PEM',
    'id_rsa',
    'id_ed25519.bak',
    '.npmrc',
    'aws/credentials',
    'secrets.yaml',
    'x.tfvars',
  ])('none in %s, which may hold secrets', (path) => {
    expect(silentDocument({ ...FILE, path }, ON)).toBe('excluded-file');
  });

  test.each(['src/env.ts', 'src/environment.ts', 'src/secrets.ts', 'keys.ts', 'src/credentials.py', 'README'])(
    '%s is an ordinary file',
    (path) => {
      expect(isSecretFile(path)).toBe(false);
    },
  );
});

describe('places that get no completions', () => {
  function reasonAt(marked: string, explicit = false): string | undefined {
    const context = documentContextFromText(marked.replace('¦', ''), marked.indexOf('¦'), 'a.ts', 'typescript');
    return silentPosition(context, explicit);
  }

  test.each([
    ['the end of a line', 'const a = ¦\n', undefined],
    ['before a word', 'return ¦value;', undefined],
    ['inside a word', 'return va¦lue;', 'inside-word'],
    ['inside a word of another script', '変¦数 = 1', 'inside-word'],
    ['an empty file', '¦', 'empty-file'],
    ['a file of blanks', '\n  ¦\n', 'empty-file'],
    ['a file with one character', '/¦', undefined],
    ['binary data', 'a\0b¦', 'binary-file'],
    ['binary data below', 'a¦\nb\0', 'binary-file'],
  ])('%s', (_, marked, reason) => {
    expect(reasonAt(marked)).toBe(reason);
  });

  test('asking by command overrides what is only a matter of taste', () => {
    expect(reasonAt('va¦lue', true)).toBeUndefined();
    expect(reasonAt('¦', true)).toBeUndefined();
    expect(reasonAt('a\0¦', true)).toBe('binary-file');
  });
});

describe('what stands right of the cursor', () => {
  test.each([
    ['nothing', '\nnext', 'block', '\nnext'],
    ['blanks', '  \nnext', 'block', '\nnext'],
    ['the end of the file', '', 'block', ''],
    ['a bracket that the editor closed', ')\nnext', 'single-line', '\nnext'],
    ['bracket and semicolon', ');\nnext', 'single-line', '\nnext'],
    ['quote and brackets', '")]\nnext', 'single-line', '\nnext'],
    ['the end of a Python header', '):\nnext', 'single-line', '\nnext'],
    ['code', ' + tax;\nnext', 'single-line', ' + tax;\nnext'],
    ['a bracket and code', ').then(done);\nnext', 'single-line', ').then(done);\nnext'],
  ])('%s', (_, suffix, mode, promptSuffix) => {
    expect(cursorShape({ suffix })).toMatchObject({ mode, suffix: promptSuffix });
  });
});
