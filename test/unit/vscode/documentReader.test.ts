import { beforeEach, describe, expect, test, vi } from 'vitest';
import { documentContextFromText } from '../../../src/completion/documentContext';
import { documentPath, readDocumentContext } from '../../../src/vscode/documentReader';
import { fakeDocument } from './fakeDocument';
import { resetFake } from './fakeVscode';

vi.mock('vscode', () => import('./fakeVscode'));
beforeEach(resetFake);

describe('reading a document', () => {
  test.each([
    ['a short file', 'one\ntwo¦ three\nfour\n'],
    ['CRLF', 'one\r\ntwo¦ three\r\nfour\r\n'],
    ['an empty file', '¦'],
    ['the very start', '¦one\ntwo'],
    ['the very end', 'one\ntwo¦'],
    ['a long file', `${'line\n'.repeat(5000)}here ¦there\n${'line\n'.repeat(5000)}`],
    ['a long file of empty lines', `${'\n'.repeat(20_000)}¦${'\n'.repeat(20_000)}`],
    ['emoji at the window ends', `${'😀'.repeat(9000)}¦x${'😀'.repeat(9000)}`],
  ])('gives the same context as the text itself: %s', (_, marked) => {
    const { document, position } = fakeDocument(marked);
    const fromText = documentContextFromText(marked.replace('¦', ''), marked.indexOf('¦'), 'src/a.ts', 'typescript');
    expect(readDocumentContext(document, position)).toEqual({ ...fromText, documentKey: 'file:///project/src/a.ts' });
  });
});

describe('the path for the prompt', () => {
  test.each([
    ['inside the workspace: relative', '/project/src/deep/a.ts', 'src/deep/a.ts'],
    ['outside: the file name only', '/home/someone/secret/a.ts', 'a.ts'],
  ])('%s', (_, path, expected) => {
    expect(documentPath(fakeDocument('¦', { path }).document)).toBe(expected);
  });
});
