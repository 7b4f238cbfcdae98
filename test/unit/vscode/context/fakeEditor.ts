/**
 * The editor's API around documents, tabs and files, in memory, for the tests of src/vscode/context. `editor` is what the tests read and change.
 */
import { Position } from '../fakeVscode';

export * from '../fakeVscode';

export class Uri {
  constructor(
    readonly scheme: string,
    readonly path: string,
  ) {}

  static parse(text: string): Uri {
    const [, scheme = '', path = ''] = /^([\w-]+):(?:\/\/)?(.*)$/.exec(text) ?? [];
    return new Uri(scheme, path);
  }

  static from({ scheme, path }: { scheme: string; path: string }): Uri {
    return new Uri(scheme, path);
  }

  static joinPath(base: Uri, ...parts: string[]): Uri {
    return new Uri(base.scheme, [base.path, ...parts].filter((part) => part !== '').join('/'));
  }

  with({ path }: { path: string }): Uri {
    return new Uri(this.scheme, path);
  }

  toString(): string {
    return `${this.scheme}://${this.path}`;
  }
}

export class EventEmitter<T> {
  readonly listeners = new Set<(value: T) => void>();
  readonly event = (listener: (value: T) => void) => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(value: T): void {
    for (const listener of this.listeners) listener(value);
  }
  dispose(): void {
    this.listeners.clear();
  }
}

export class TabInputText {
  constructor(readonly uri: Uri) {}
}

export const FileType = { File: 1, Directory: 2, SymbolicLink: 64 };
export const ViewColumn = { Beside: -2 };

export interface FakeEditorDocument {
  readonly uri: Uri;
  readonly languageId: string;
  version: number;
  isClosed: boolean;
  text: string;
  readonly lineCount: number;
  lineAt(line: number): { text: string };
  offsetAt(): number;
  getText(): string;
}

const events = {
  activeEditor: new EventEmitter<unknown>(),
  selection: new EventEmitter<unknown>(),
  change: new EventEmitter<unknown>(),
  save: new EventEmitter<unknown>(),
  close: new EventEmitter<unknown>(),
  configuration: new EventEmitter<unknown>(),
  ignoreFile: new EventEmitter<unknown>(),
};

export const editor = {
  /** Files on disk by path in the folder. */
  files: new Map<string, string>(),
  /** Paths whose reading never ends. */
  stuck: new Set<string>(),
  /** Files and folders that are symbolic links. */
  links: new Set<string>(),
  /** What happens to whoever asks for a path; by default, it is read. */
  failing: new Map<string, Error>(),
  read: [] as string[],
  texts: [] as string[],
  providers: new Map<string, { provideTextDocumentContent(): string }>(),
  shown: [] as string[],
  events,
};

export const FOLDER = { uri: new Uri('file', '/project') };

export function resetEditor(files: Readonly<Record<string, string>>): void {
  editor.files = new Map(Object.entries(files));
  editor.stuck.clear();
  editor.links.clear();
  editor.failing.clear();
  editor.read.length = 0;
  editor.texts.length = 0;
  editor.shown.length = 0;
  workspace.isTrusted = true;
  workspace.textDocuments = [];
  window.activeTextEditor = undefined;
  window.tabGroups.all = [];
  for (const emitter of Object.values(events)) emitter.dispose();
}

/** Opens a file of the folder in a tab; the last one opened is active, with the cursor on `line`. */
export function openFile(path: string, text = editor.files.get(path) ?? '', line = 0, scheme = 'file'): FakeEditorDocument {
  const uri = new Uri(scheme, `${FOLDER.uri.path}/${path}`);
  const document: FakeEditorDocument = {
    uri,
    languageId: 'typescript',
    version: 1,
    isClosed: false,
    text,
    get lineCount() {
      return this.text.split('\n').length;
    },
    lineAt(at) {
      return { text: this.text.split('\n')[at] ?? '' };
    },
    offsetAt() {
      return this.text.length;
    },
    getText() {
      editor.texts.push(path);
      return this.text;
    },
  };
  workspace.textDocuments.push(document);
  window.tabGroups.all.push({ tabs: [{ input: new TabInputText(uri) }] });
  window.activeTextEditor = { document, selection: { active: new Position(line, 0) } };
  events.activeEditor.fire(window.activeTextEditor);
  return document;
}

/** Types at the end of the document. */
export function typeInto(document: FakeEditorDocument, text: string): void {
  document.text += text;
  document.version += 1;
  const start = { line: document.lineCount - 1, character: 0 };
  events.change.fire({ document, contentChanges: [{ range: { start, end: start }, text }] });
}

function typeOf(path: string, kind: number): number {
  return editor.links.has(path) ? kind | FileType.SymbolicLink : kind;
}

function pathOf(uri: Uri): string {
  return uri.path.slice(FOLDER.uri.path.length + 1);
}

export const window = {
  activeTextEditor: undefined as { document: FakeEditorDocument; selection: { active: Position } } | undefined,
  tabGroups: { all: [] as { tabs: { input: TabInputText }[] }[] },
  onDidChangeActiveTextEditor: events.activeEditor.event,
  onDidChangeTextEditorSelection: events.selection.event,
  showTextDocument: (document: { uri: Uri }) => {
    editor.shown.push(editor.providers.get(document.uri.scheme)?.provideTextDocumentContent() ?? '');
    return Promise.resolve();
  },
  showInformationMessage: (message: string) => Promise.resolve(editor.shown.push(message)),
};

export const workspace = {
  isTrusted: true,
  workspaceFolders: [FOLDER],
  textDocuments: [] as FakeEditorDocument[],
  getWorkspaceFolder: (uri: Uri) => (uri.scheme === 'file' && uri.path.startsWith('/project/') ? FOLDER : undefined),
  asRelativePath: pathOf,
  fs: {
    stat: (uri: Uri) => {
      const path = pathOf(uri);
      const failure = editor.failing.get(path);
      if (failure) return Promise.reject(failure);
      const text = editor.files.get(path);
      const isFolder = [...editor.files.keys()].some((other) => other.startsWith(`${path}/`));
      if (text === undefined && !isFolder) return Promise.reject(Object.assign(new Error('not found'), { code: 'FileNotFound' }));
      return Promise.resolve({ type: typeOf(path, isFolder ? FileType.Directory : FileType.File), size: text?.length ?? 0 });
    },
    readFile: (uri: Uri) => {
      editor.read.push(pathOf(uri));
      if (editor.stuck.has(pathOf(uri))) return new Promise<Uint8Array>(() => undefined);
      return Promise.resolve(new TextEncoder().encode(editor.files.get(pathOf(uri)) ?? ''));
    },
    readDirectory: (uri: Uri) => {
      const folder = pathOf(uri);
      const paths = [...editor.files.keys()].filter((path) => path.slice(0, Math.max(0, path.lastIndexOf('/'))) === folder);
      return Promise.resolve(paths.map((path) => [path.slice(path.lastIndexOf('/') + 1), typeOf(path, FileType.File)]));
    },
  },
  onDidChangeTextDocument: events.change.event,
  onDidSaveTextDocument: events.save.event,
  onDidCloseTextDocument: events.close.event,
  onDidChangeConfiguration: events.configuration.event,
  onDidGrantWorkspaceTrust: () => ({ dispose: () => undefined }),
  onDidChangeWorkspaceFolders: () => ({ dispose: () => undefined }),
  createFileSystemWatcher: () => ({
    onDidChange: events.ignoreFile.event,
    onDidCreate: () => ({ dispose: () => undefined }),
    onDidDelete: () => ({ dispose: () => undefined }),
    dispose: () => undefined,
  }),
  registerTextDocumentContentProvider: (scheme: string, provider: { provideTextDocumentContent(): string }) => {
    editor.providers.set(scheme, provider);
    return { dispose: () => editor.providers.delete(scheme) };
  },
  openTextDocument: (uri: Uri) => Promise.resolve({ uri }),
};

export const l10n = { t: (message: string) => message };
