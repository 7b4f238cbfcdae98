/**
 * Snippets from the editor's own definition providers: where the names near the cursor are declared, as a language server knows it.
 * Complements imports where those are not readable by line patterns. An answer that takes too long is left out; nothing is asked per keystroke.
 */
import * as vscode from 'vscode';
import { fileKey, type FileRef } from '../../context/fileRef';
import { identifiersOf } from '../../context/identifiers';
import type { IndexedText } from '../../context/indexedText';
import { mustStop, type Collector, type CollectorInput, type SnippetCandidate } from '../../context/snippetCandidate';
import type { Wait } from './fileAccess';
import { isWorkspaceRoot, refOf } from './fileRefs';

export const DEFINITION_LIMITS = { names: 5, linesAbove: 12, waitMs: 150, snippetLines: 8 } as const;
/** Like an import whose names are used: the server is sure. */
const SCORE = 0.9;

interface Definition {
  readonly name: string;
  readonly file: FileRef;
  readonly line: number;
}

export function definitionSymbols(wait: Wait): Collector {
  return {
    source: 'symbols',
    async collect(input) {
      const editor = vscode.window.activeTextEditor;
      if (editor?.document.uri.toString() !== input.target.documentKey) return [];
      const places = input.budget.run(() => namesNear(editor.document, editor.selection.active.line));
      const answers = await Promise.all(places.map((place) => definitionOf(editor.document.uri, place, wait)));
      return snippetsOf(
        answers.filter((answer) => answer !== undefined),
        input,
      );
    },
  };
}

interface NamePlace {
  readonly name: string;
  readonly position: vscode.Position;
}

/** Names used in the lines above the cursor, the nearest first. */
function namesNear(document: vscode.TextDocument, cursorLine: number): NamePlace[] {
  const places: NamePlace[] = [];
  const seen = new Set<string>();
  for (let line = cursorLine; line >= Math.max(0, cursorLine - DEFINITION_LIMITS.linesAbove); line -= 1) {
    const { text } = document.lineAt(line);
    for (const name of identifiersOf(text)) {
      if (places.length >= DEFINITION_LIMITS.names) return places;
      if (seen.has(name)) continue;
      seen.add(name);
      places.push({ name, position: new vscode.Position(line, text.indexOf(name)) });
    }
  }
  return places;
}

/** Undefined where no server answers in time, or only with a place in the document itself or outside of the workspace. */
function definitionOf(uri: vscode.Uri, { name, position }: NamePlace, wait: Wait): Promise<Definition | undefined> {
  return new Promise((resolve) => {
    const callOff = wait(DEFINITION_LIMITS.waitMs, () => resolve(undefined));
    const settle = (found: Definition | undefined): void => {
      callOff();
      resolve(found);
    };
    const asking = vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[] | undefined>(
      'vscode.executeDefinitionProvider',
      uri,
      position,
    );
    asking.then(
      (locations) => settle(elsewhere(name, uri, locations ?? [])),
      () => settle(undefined),
    );
  });
}

function elsewhere(name: string, uri: vscode.Uri, locations: readonly (vscode.Location | vscode.LocationLink)[]): Definition | undefined {
  for (const location of locations) {
    const [target, range] = 'targetUri' in location ? [location.targetUri, location.targetRange] : [location.uri, location.range];
    const file = refOf(target);
    if (target.toString() !== uri.toString() && isWorkspaceRoot(file.root)) return { name, file, line: range.start.line };
  }
  return undefined;
}

/** One snippet a file, its declarations in the file's order. */
async function snippetsOf(definitions: readonly Definition[], input: CollectorInput): Promise<SnippetCandidate[]> {
  const byFile = new Map<string, Definition[]>();
  for (const definition of definitions) {
    const key = fileKey(definition.file);
    byFile.set(key, [...(byFile.get(key) ?? []), definition]);
  }
  const candidates: SnippetCandidate[] = [];
  for (const inFile of byFile.values()) {
    const [first] = inFile;
    if (!first || mustStop(input)) break;
    const file = await input.files.read(first.file);
    if (!file) continue;
    const texts = input.budget.run(() => inFile.toSorted((a, b) => a.line - b.line).map((definition) => declarationAt(file, definition)));
    const text = [...new Set(texts)].filter((found) => found !== '').join('\n');
    if (text !== '') candidates.push({ source: 'symbols', file: first.file, text, score: SCORE });
  }
  return candidates;
}

function declarationAt(file: IndexedText, { name, line }: Definition): string {
  const signature = file.signatures.find((found) => found.name === name);
  return signature?.text ?? file.slice(line, line + DEFINITION_LIMITS.snippetLines);
}
