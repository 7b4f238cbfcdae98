/**
 * What can be mentioned after "#": the selection, problems, open files first and then files of the workspace, symbols.
 * Bounded in number and time; files that may hold secrets or that are ignored are never offered.
 */
import * as vscode from 'vscode';
import type { Mention, MentionSuggestion } from '../../protocol/chat';
import { documentPath } from '../documentReader';
import type { LastEditor } from '../lastEditor';
import { placeId } from './mentionIds';
import { mayRead, type IsExcluded } from './readableFiles';

const SUGGESTIONS = 30;
const OPEN_FILES = 100;
const FOUND_FILES = 200;
const SYMBOL_TIME_MS = 1_000;
/** What others wrote and what was built would crowd out the user's own files. */
const UNWANTED_FILES = '**/{node_modules,.git,.venv,__pycache__,dist,build,out,target}/**';

type Editors = Pick<LastEditor, 'editor'>;

/** Undefined where nothing is selected, or the file must not be read. */
export function selectionMention({ editor }: Editors): Mention | undefined {
  if (!editor) return undefined;
  const { document, selection } = editor;
  const isEmpty = selection.start.line === selection.end.line && selection.start.character === selection.end.character;
  if (isEmpty || !mayRead(document.uri)) return undefined;
  return { kind: 'selection', label: 'selection', id: placeId(document.uri, selection) };
}

/** `query` is what stands after "#": "", "sel", "file:car" or "car". */
export async function suggestMentions(query: string, editors: Editors, isExcluded: IsExcluded): Promise<MentionSuggestion[]> {
  const colon = query.indexOf(':');
  const kind = colon < 0 ? undefined : query.slice(0, colon).toLowerCase();
  const words = query
    .slice(colon + 1)
    .trim()
    .toLowerCase();
  const wants = (name: string): boolean => kind === undefined || kind === name;
  const matches = (suggestion: MentionSuggestion): boolean =>
    `${suggestion.label} ${suggestion.description}`.toLowerCase().includes(words) || suggestion.kind.startsWith(words);
  const [files, symbols] = await Promise.all([
    wants('file') ? fileSuggestions(words, isExcluded) : [],
    wants('symbol') && (kind === 'symbol' || words !== '') ? symbolSuggestions(words, editors, isExcluded) : [],
  ]);
  const isHereOut = editors.editor !== undefined && (await isExcluded(editors.editor.document.uri));
  const inFile = [...(wants('selection') ? selectionSuggestions(editors) : []), ...(wants('problem') ? problemSuggestions(editors) : [])];
  const here = isHereOut ? [] : inFile;
  const unique = new Map(
    [...here.filter(matches), ...files, ...symbols].map((suggestion) => [`${suggestion.label} ${suggestion.id}`, suggestion]),
  );
  return [...unique.values()].slice(0, SUGGESTIONS);
}

function selectionSuggestions(editors: Editors): MentionSuggestion[] {
  const mention = selectionMention(editors);
  if (!mention || !editors.editor) return [];
  const { document, selection } = editors.editor;
  return [{ ...mention, description: `${documentPath(document)}:${selection.start.line + 1}-${selection.end.line + 1}` }];
}

function problemSuggestions({ editor }: Editors): MentionSuggestion[] {
  if (!editor || !mayRead(editor.document.uri)) return [];
  const { uri } = editor.document;
  return vscode.languages
    .getDiagnostics(uri)
    .slice(0, SUGGESTIONS)
    .map((problem) => ({
      kind: 'problem',
      label: `problem:${problem.range.start.line + 1}`,
      id: placeId(uri, problem.range),
      description: problem.message.slice(0, 200),
    }));
}

async function fileSuggestions(words: string, isExcluded: IsExcluded): Promise<MentionSuggestion[]> {
  const open = vscode.workspace.textDocuments.slice(0, OPEN_FILES).map((document) => document.uri);
  const folderFiles = await foundFiles(words);
  const matching = [...open.filter((uri) => uri.scheme !== 'output'), ...folderFiles].filter(
    (uri) => mayRead(uri) && documentPath({ uri }).toLowerCase().includes(words),
  );
  const offered = await withoutExcluded(matching, (uri) => uri, isExcluded);
  return offered.slice(0, SUGGESTIONS).map((uri) => {
    const path = documentPath({ uri });
    return { kind: 'file', label: `file:${path}`, id: placeId(uri), description: path };
  });
}

/** Asked all at once: where the file system is slow, one after the other would take as many times as long. */
async function withoutExcluded<T>(items: readonly T[], uriOf: (item: T) => vscode.Uri, isExcluded: IsExcluded): Promise<T[]> {
  const excluded = await Promise.all(items.map(async (item) => isExcluded(uriOf(item))));
  return items.filter((_, index) => excluded[index] === false);
}

async function foundFiles(words: string): Promise<readonly vscode.Uri[]> {
  // Letters of the query only: the rest has a meaning in a glob.
  const safe = words.replace(/[^\p{L}\p{N}_./-]/gu, '');
  const name = safe.slice(safe.lastIndexOf('/') + 1);
  try {
    return await vscode.workspace.findFiles(name === '' ? '**/*' : `**/*${anyCase(name)}*`, UNWANTED_FILES, FOUND_FILES);
  } catch {
    return [];
  }
}

/** Globs tell case apart; people who search do not. */
function anyCase(text: string): string {
  return text.replace(/\p{L}/gu, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);
}

async function symbolSuggestions(words: string, { editor }: Editors, isExcluded: IsExcluded): Promise<MentionSuggestion[]> {
  const here = editor?.document.uri;
  const inFile = here && mayRead(here) && !(await isExcluded(here)) ? documentSymbols(here) : Promise.resolve([]);
  const inWorkspace = words === '' ? Promise.resolve([]) : workspaceSymbols(words, isExcluded);
  const found = (await Promise.all([inFile, inWorkspace])).flat();
  return found.filter((symbol) => symbol.label.toLowerCase().includes(words)).slice(0, SUGGESTIONS);
}

async function documentSymbols(uri: vscode.Uri): Promise<MentionSuggestion[]> {
  const symbols = await answerOf<(vscode.DocumentSymbol | vscode.SymbolInformation)[]>('vscode.executeDocumentSymbolProvider', uri);
  const found: MentionSuggestion[] = [];
  const add = (symbol: vscode.DocumentSymbol | vscode.SymbolInformation): void => {
    const range = 'location' in symbol ? symbol.location.range : symbol.range;
    found.push(symbolSuggestion(symbol.name, uri, range));
    if ('children' in symbol && found.length < FOUND_FILES) symbol.children.forEach(add);
  };
  symbols.slice(0, FOUND_FILES).forEach(add);
  return found;
}

async function workspaceSymbols(words: string, isExcluded: IsExcluded): Promise<MentionSuggestion[]> {
  const symbols = await answerOf<vscode.SymbolInformation[]>('vscode.executeWorkspaceSymbolProvider', words);
  const readable = symbols.slice(0, FOUND_FILES).filter((symbol) => mayRead(symbol.location.uri));
  const offered = await withoutExcluded(readable, (symbol) => symbol.location.uri, isExcluded);
  return offered.map((symbol) => symbolSuggestion(symbol.name, symbol.location.uri, symbol.location.range));
}

function symbolSuggestion(name: string, uri: vscode.Uri, range: vscode.Range): MentionSuggestion {
  return { kind: 'symbol', label: `symbol:${name.slice(0, 200)}`, id: placeId(uri, range), description: documentPath({ uri }) };
}

/** What a language's extension says in time; nothing when it fails or is slow. */
async function answerOf<T extends readonly unknown[]>(command: string, argument: unknown): Promise<T | []> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<[]>((resolve) => {
    timer = setTimeout(() => resolve([]), SYMBOL_TIME_MS);
  });
  try {
    return (await Promise.race([vscode.commands.executeCommand<T | undefined>(command, argument), late])) ?? [];
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}
