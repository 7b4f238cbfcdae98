/**
 * An editor document that counts which lines were read, and refuses to hand out its whole text.
 */
import type * as vscode from 'vscode';
import { Position } from './fakeVscode';

export interface FakeDocument {
  readonly document: vscode.TextDocument;
  readonly position: vscode.Position;
  /** Numbers of the lines that were read. */
  readonly linesRead: Set<number>;
}

export interface FakeDocumentOptions {
  readonly path?: string;
  readonly languageId?: string;
  readonly scheme?: string;
}

/** "¦" is the cursor. */
export function fakeDocument(marked: string, options: FakeDocumentOptions = {}): FakeDocument {
  const { path = '/project/src/a.ts', languageId = 'typescript', scheme = 'file' } = options;
  const usesCrlf = marked.includes('\r\n');
  const offset = marked.indexOf('¦');
  const lines = marked.replace('¦', '').split(/\r\n|\n/);
  const linesAbove = marked.slice(0, offset).split(/\r\n|\n/);
  const position = new Position(linesAbove.length - 1, linesAbove.at(-1)?.length ?? 0);
  const linesRead = new Set<number>();
  const document = {
    uri: { scheme, path, toString: () => `${scheme}://${path}` },
    languageId,
    eol: usesCrlf ? 2 : 1,
    lineCount: lines.length,
    lineAt: (line: number) => {
      const text = lines[line];
      if (text === undefined) throw new RangeError(`no line ${line}`);
      linesRead.add(line);
      return { text };
    },
    offsetAt: () => offset,
    getText: () => {
      throw new Error('the whole text must not be read');
    },
  };
  return { document: document as unknown as vscode.TextDocument, position: position as unknown as vscode.Position, linesRead };
}
