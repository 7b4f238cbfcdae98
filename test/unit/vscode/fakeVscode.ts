/**
 * As much of the editor's API as the extension uses, in memory. Tests read `fake` to see what happened and change it to make things happen.
 */
import { EventEmitter, type ThemeColor, type Uri } from './fakeVscodeTypes';

export {
  Position,
  Range,
  InlineCompletionItem,
  ThemeColor,
  Uri,
  ThemeIcon,
  MarkdownString,
  TreeItem,
  EventEmitter,
  FakeMemento,
} from './fakeVscodeTypes';

export const UIKind = { Desktop: 1, Web: 2 };
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };

export const InlineCompletionTriggerKind = { Invoke: 0, Automatic: 1 };
export const EndOfLine = { LF: 1, CRLF: 2 };
export const StatusBarAlignment = { Left: 1, Right: 2 };
export const ConfigurationTarget = { Global: 1, Workspace: 2, WorkspaceFolder: 3 };

type Listener<T> = (value: T) => void;
interface Disposable {
  dispose(): void;
}

interface FakeTextChange {
  document: unknown;
  contentChanges: { rangeOffset: number; rangeLength: number; text: string }[];
  reason?: number;
}

interface FakeStatusItem {
  text: string;
  tooltip: string;
  command?: string;
  backgroundColor?: ThemeColor;
  accessibilityInformation?: { label: string; role?: string };
}

interface FakeState {
  settings: Record<string, unknown>;
  workspaceSettings: Record<string, unknown>;
  workspaceFolder: string;
  logLines: string[];
  commands: Map<string, (...args: unknown[]) => unknown>;
  providers: { selector: unknown; provider: unknown }[];
  statusItem: { text: string; tooltip: string; backgroundColor?: ThemeColor } | undefined;
  /** By id; statusItem is the one that says what Bamboo is doing. */
  statusItems: Map<string, FakeStatusItem>;
  /** Short messages in the status bar. */
  confirmations: string[];
  views: Map<string, unknown>;
  /** Where a dialog says to save; undefined when it is dismissed. */
  saveTarget: Uri | undefined;
  files: Map<string, string>;
  /** Thrown by the next write of a setting or a file. */
  writeError: Error | undefined;
  messages: string[];
  quickPick: { items: { label: string; command: string }[]; title: string } | undefined;
  pickLabel: string | undefined;
  configurationListeners: Set<Listener<{ affectsConfiguration(section: string): boolean }>>;
  editorListeners: Set<Listener<unknown>>;
  documentListeners: Set<Listener<FakeTextChange>>;
  disposed: number;
  treeViews: Map<string, FakeTreeView>;
  /** What the file dialog gives back; undefined: it was cancelled. */
  openDialogUris: unknown[] | undefined;
  clipboard: string;
}

interface FakeTreeView {
  readonly treeDataProvider: unknown;
  readonly visibility: EventEmitter<{ visible: boolean }>;
  message?: string;
}

function freshState(): FakeState {
  return {
    settings: {},
    workspaceSettings: {},
    workspaceFolder: '/project',
    logLines: [],
    commands: new Map(),
    providers: [],
    statusItem: undefined,
    statusItems: new Map(),
    confirmations: [],
    views: new Map(),
    saveTarget: undefined,
    files: new Map(),
    writeError: undefined,
    messages: [],
    quickPick: undefined,
    pickLabel: undefined,
    configurationListeners: new Set(),
    editorListeners: new Set(),
    documentListeners: new Set(),
    disposed: 0,
    treeViews: new Map(),
    openDialogUris: undefined,
    clipboard: '',
  };
}

export let fake = freshState();

export function resetFake(): void {
  fake = freshState();
  window.activeTextEditor = undefined;
  window.visibleTextEditors = [];
  workspace.workspaceFolders = undefined;
  env.uiKind = UIKind.Desktop;
  env.remoteName = undefined;
}

/** Sets a setting ("model.path", without the section) and tells the listeners. */
export function changeSetting(name: string, value: unknown): void {
  fake.settings[name] = value;
  const full = `bamboo.${name}`;
  for (const listener of fake.configurationListeners) {
    listener({ affectsConfiguration: (section) => full === section || full.startsWith(`${section}.`) });
  }
}

function disposable(undo: () => void = () => undefined): Disposable {
  return {
    dispose: () => {
      fake.disposed += 1;
      undo();
    },
  };
}

function logAt(level: string): (message: string) => void {
  return (message) => fake.logLines.push(`${level}: ${message}`);
}

export const window = {
  activeTextEditor: undefined as { document: unknown } | undefined,
  createOutputChannel: () => ({
    trace: logAt('trace'),
    debug: logAt('debug'),
    info: logAt('info'),
    warn: logAt('warn'),
    error: logAt('error'),
    show: () => fake.messages.push('log shown'),
    ...disposable(),
  }),
  visibleTextEditors: [] as unknown[],
  createStatusBarItem: (id: string) => {
    const item = { text: '', tooltip: '', show: () => undefined, ...disposable(() => fake.statusItems.delete(id)) };
    fake.statusItems.set(id, item);
    if (id === 'bamboo.status') fake.statusItem = item;
    return item;
  },
  setStatusBarMessage: (text: string) => {
    fake.confirmations.push(text);
    return disposable();
  },
  registerWebviewViewProvider: (id: string, provider: unknown) => {
    fake.views.set(id, provider);
    return disposable(() => fake.views.delete(id));
  },
  showSaveDialog: () => Promise.resolve(fake.saveTarget),
  onDidChangeActiveTextEditor: (listener: Listener<unknown>) => {
    fake.editorListeners.add(listener);
    return disposable(() => fake.editorListeners.delete(listener));
  },
  showQuickPick: (items: { label: string; command: string }[], options: { title: string }) => {
    fake.quickPick = { items, title: options.title };
    return Promise.resolve(items.find((item) => item.label === fake.pickLabel));
  },
  createTreeView: (id: string, { treeDataProvider }: { treeDataProvider: unknown }) => {
    const visibility = new EventEmitter<{ visible: boolean }>();
    const view = { treeDataProvider, visibility, onDidChangeVisibility: visibility.event, ...disposable() };
    fake.treeViews.set(id, view);
    return view;
  },
  showOpenDialog: () => Promise.resolve(fake.openDialogUris),
  showErrorMessage: (message: string) => Promise.resolve(fake.messages.push(message)),
  showInformationMessage: (message: string) => Promise.resolve(fake.messages.push(message)),
  showWarningMessage: (message: string) => Promise.resolve(fake.messages.push(message)),
};

export const l10n = {
  t: (message: string, ...values: unknown[]) => message.replace(/\{(\d+)\}/g, (_, index: string) => String(values[Number(index)])),
};

export const workspace = {
  workspaceFolders: undefined as { uri: Uri }[] | undefined,
  fs: {
    writeFile: (uri: Uri, bytes: Uint8Array) => {
      if (fake.writeError) return Promise.reject(fake.writeError);
      fake.files.set(uri.path, new TextDecoder().decode(bytes));
      return Promise.resolve();
    },
  },
  textDocuments: [] as unknown[],
  registerTextDocumentContentProvider: () => disposable(),
  getConfiguration: () => ({
    get: (name: string) => fake.workspaceSettings[name] ?? fake.settings[name],
    inspect: (name: string): { globalValue?: unknown; workspaceValue: unknown } => ({
      globalValue: fake.settings[name],
      workspaceValue: fake.workspaceSettings[name],
    }),
    update: (name: string, value: unknown, target: number) => {
      if (fake.writeError) return Promise.reject(fake.writeError);
      if (target === ConfigurationTarget.Workspace) fake.workspaceSettings[name] = value;
      else changeSetting(name, value);
      return Promise.resolve();
    },
  }),
  onDidChangeConfiguration: (listener: Listener<{ affectsConfiguration(section: string): boolean }>) => {
    fake.configurationListeners.add(listener);
    return disposable(() => fake.configurationListeners.delete(listener));
  },
  onDidChangeTextDocument: (listener: Listener<FakeTextChange>) => {
    fake.documentListeners.add(listener);
    return disposable(() => fake.documentListeners.delete(listener));
  },
  getWorkspaceFolder: (uri: { path: string }) => (uri.path.startsWith(`${fake.workspaceFolder}/`) ? {} : undefined),
  asRelativePath: (uri: { path: string }) => uri.path.slice(fake.workspaceFolder.length + 1),
};

export const env = {
  language: 'en',
  uiKind: UIKind.Desktop,
  remoteName: undefined as string | undefined,
  clipboard: {
    writeText: (text: string) => {
      fake.clipboard = text;
      return Promise.resolve();
    },
  },
};

export const commands = {
  registerCommand: (name: string, run: (...args: unknown[]) => unknown) => {
    fake.commands.set(name, run);
    return disposable(() => fake.commands.delete(name));
  },
  executeCommand: (name: string, ...args: unknown[]) => Promise.resolve(fake.commands.get(name)?.(...args)),
};

export const languages = {
  registerInlineCompletionItemProvider: (selector: unknown, provider: unknown) => {
    fake.providers.push({ selector, provider });
    return disposable();
  },
};

/** Older editors and forks have no language model providers. */
export const lm = undefined;
