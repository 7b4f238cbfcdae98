/**
 * The parts of the editor's API that only chat uses, in memory, over the ones that everything uses.
 * A test changes `editor` to make things happen and reads it to see what happened.
 */
import type * as vscode from 'vscode';
import * as base from '../fakeVscode';

export { ConfigurationTarget, EndOfLine, Position, Range, languages as baseLanguages } from '../fakeVscode';

export class Uri {
  private constructor(
    readonly scheme: string,
    readonly path: string,
    readonly query: string,
  ) {}

  static file(path: string): Uri {
    return new Uri('file', path, '');
  }

  static from(parts: { scheme: string; path: string; query?: string }): Uri {
    return new Uri(parts.scheme, parts.path, parts.query ?? '');
  }

  static parse(text: string): Uri {
    const match = /^([a-z-]+):\/\/([^?]*)(?:\?(.*))?$/.exec(text);
    if (!match) throw new Error('no uri');
    return new Uri(match[1] ?? '', match[2] ?? '', match[3] ?? '');
  }

  static joinPath(uri: Uri, ...names: string[]): Uri {
    return new Uri(uri.scheme, [uri.path, ...names].join('/'), uri.query);
  }

  get fsPath(): string {
    return this.path;
  }

  toString(): string {
    return `${this.scheme}://${this.path}${this.query === '' ? '' : `?${this.query}`}`;
  }
}

export class FakeTextDocument {
  readonly eol = 1;

  constructor(
    readonly uri: Uri,
    public text: string,
    readonly languageId = 'typescript',
  ) {}

  getText(): string {
    return this.text;
  }

  lineAt(line: number): { text: string } {
    return { text: this.text.split('\n')[line] ?? '' };
  }

  offsetAt({ line, character }: base.Position): number {
    const before = this.text.split('\n').slice(0, line);
    return before.reduce((sum, text) => sum + text.length + 1, 0) + character;
  }

  positionAt(offset: number): base.Position {
    const lines = this.text.slice(0, offset).split('\n');
    return new base.Position(lines.length - 1, lines.at(-1)?.length ?? 0);
  }

  replace(range: base.Range, text: string): void {
    this.text = this.text.slice(0, this.offsetAt(range.start)) + text + this.text.slice(this.offsetAt(range.end));
  }
}

export class WorkspaceEdit {
  readonly edits: { uri: Uri; range: base.Range; text: string }[] = [];

  replace(uri: Uri, range: base.Range, text: string): void {
    this.edits.push({ uri, range, text });
  }

  insert(uri: Uri, position: base.Position, text: string): void {
    this.replace(uri, new base.Range(position, position), text);
  }
}

export class TabInputTextDiff {
  constructor(
    readonly original: Uri,
    readonly modified: Uri,
  ) {}
}

export class LanguageModelTextPart {
  constructor(readonly value: string) {}
}

export const LanguageModelChatMessageRole = { User: 1, Assistant: 2 };
export const ProgressLocation = { Notification: 15 };

interface EditorState {
  clipboard: string;
  /** On disk, by path. */
  files: Map<string, string>;
  documents: FakeTextDocument[];
  edits: number;
  acceptsEdits: boolean;
  diffs: { original: Uri; proposed: Uri; title: string }[];
  tabs: { input: unknown }[];
  diagnostics: { range: base.Range; message: string }[];
  symbols: unknown[];
  /** What the user answers to a message, by its text; undefined closes it. */
  answer: (message: string, choices: string[]) => string | undefined;
  saveTo: Uri | undefined;
  input: string | undefined;
  git: unknown;
  lmProvider: { vendor: string; provider: vscode.LanguageModelChatProvider } | undefined;
}

function freshEditor(): EditorState {
  return {
    clipboard: '',
    files: new Map(),
    documents: [],
    edits: 0,
    acceptsEdits: true,
    diffs: [],
    tabs: [],
    diagnostics: [],
    symbols: [],
    answer: () => undefined,
    saveTo: undefined,
    input: undefined,
    git: undefined,
    lmProvider: undefined,
  };
}

export let editor = freshEditor();

export function resetEditor(): void {
  base.resetFake();
  editor = freshEditor();
  window.activeTextEditor = undefined;
  window.visibleTextEditors = [];
}

/** "[" and "]" mark the selection; one "¦" the cursor. */
export function openEditor(marked: string, path = '/project/src/a.ts'): FakeTextDocument {
  const isCursor = marked.includes('¦');
  const start = isCursor ? marked.indexOf('¦') : marked.indexOf('[');
  const end = isCursor ? start : marked.indexOf(']') - 1;
  const document = new FakeTextDocument(Uri.file(path), marked.replace(/[[\]¦]/g, ''));
  editor.documents.push(document);
  const selection = new base.Range(document.positionAt(start), document.positionAt(end));
  const textEditor = {
    document,
    selection,
  };
  window.activeTextEditor = textEditor;
  window.visibleTextEditors = [textEditor];
  return document;
}

function answered(message: string, ...rest: unknown[]): Promise<string | undefined> {
  base.fake.messages.push(message);
  const choices = rest.filter((choice) => typeof choice === 'string');
  return Promise.resolve(editor.answer(message, choices));
}

export const window = {
  ...base.window,
  activeTextEditor: undefined as unknown,
  visibleTextEditors: [] as unknown[],
  showInformationMessage: answered,
  showWarningMessage: answered,
  showSaveDialog: () => Promise.resolve(editor.saveTo),
  showInputBox: () => Promise.resolve(editor.input),
  showTextDocument: () => Promise.resolve(),
  withProgress: (_options: unknown, task: (progress: unknown, token: unknown) => Promise<unknown>) =>
    task({}, { onCancellationRequested: () => ({ dispose: () => undefined }) }),
  tabGroups: {
    get all() {
      return [{ tabs: editor.tabs }];
    },
    close: (tabs: { input: unknown }[]) => {
      editor.tabs = editor.tabs.filter((tab) => !tabs.includes(tab));
      return Promise.resolve(true);
    },
  },
};

export const workspace = {
  ...base.workspace,
  get textDocuments() {
    return editor.documents;
  },
  fs: {
    stat: (uri: Uri) => sizeOf(uri).then((size) => ({ size })),
    readFile: (uri: Uri) => Promise.resolve(new TextEncoder().encode(editor.files.get(uri.path) ?? '')),
    writeFile: (uri: Uri, bytes: Uint8Array) => Promise.resolve(editor.files.set(uri.path, new TextDecoder().decode(bytes))),
  },
  findFiles: () => Promise.resolve([...editor.files.keys()].map((path) => Uri.file(path))),
  openTextDocument: (target: Uri | { content: string; language?: string }) => {
    const known = editor.documents.find((document) => target instanceof Uri && document.uri.toString() === target.toString());
    if (known) return Promise.resolve(known);
    const opened =
      target instanceof Uri
        ? new FakeTextDocument(target, editor.files.get(target.path) ?? '')
        : new FakeTextDocument(Uri.from({ scheme: 'untitled', path: 'Untitled-1' }), target.content, target.language ?? 'plaintext');
    editor.documents.push(opened);
    return Promise.resolve(opened);
  },
  applyEdit: (edit: WorkspaceEdit) => {
    if (!editor.acceptsEdits) return Promise.resolve(false);
    for (const { uri, range, text } of edit.edits) {
      editor.documents.find((document) => document.uri.toString() === uri.toString())?.replace(range, text);
    }
    editor.edits += 1;
    return Promise.resolve(true);
  },
};

async function sizeOf(uri: Uri): Promise<number> {
  const text = editor.files.get(uri.path);
  if (text === undefined) return Promise.reject(new Error('not found'));
  return Promise.resolve(text.length);
}

/** In place of the editor before, with nothing selected; the proposed side has the focus. */
function showDiff(original: Uri, proposed: Uri): void {
  const selection = new base.Range(new base.Position(0, 0), new base.Position(0, 0));
  const document = editor.documents.find(({ uri }) => uri.toString() === original.toString());
  const proposedSide = { document: new FakeTextDocument(proposed, ''), selection };
  window.activeTextEditor = proposedSide;
  window.visibleTextEditors = [{ document, selection }, proposedSide];
}

export const commands = {
  ...base.commands,
  executeCommand: (name: string, ...args: unknown[]) => {
    if (name === 'vscode.diff') {
      const [original, proposed, title] = args as [Uri, Uri, string];
      editor.diffs.push({ original, proposed, title });
      editor.tabs.push({ input: new TabInputTextDiff(original, proposed) });
      showDiff(original, proposed);
      return Promise.resolve();
    }
    if (name.startsWith('vscode.execute')) return Promise.resolve(name.includes('Document') ? editor.symbols : []);
    return base.commands.executeCommand(name, ...args);
  },
};

export const languages = {
  ...base.languages,
  getDiagnostics: () => editor.diagnostics,
  getLanguages: () => Promise.resolve(['typescript', 'python', 'plaintext']),
};

export const env = {
  language: 'en',
  clipboard: {
    writeText: (text: string) => {
      editor.clipboard = text;
      return Promise.resolve();
    },
  },
};

export const extensions = {
  getExtension: () => editor.git,
};

export const l10n = {
  t: (message: string, ...args: unknown[]) => message.replace(/\{(\d)\}/g, (_all, index: string) => String(args[Number(index)])),
};

export const lm = {
  registerLanguageModelChatProvider: (vendor: string, provider: vscode.LanguageModelChatProvider) => {
    editor.lmProvider = { vendor, provider };
    return { dispose: () => undefined };
  },
};
