/**
 * As much of the editor's API as the extension uses, in memory. Tests read `fake` to see what happened and change it to make things happen.
 */
export class Position {
  constructor(
    readonly line: number,
    readonly character: number,
  ) {}

  with(line = this.line, character = this.character): Position {
    return new Position(line, character);
  }

  translate(lineDelta = 0, characterDelta = 0): Position {
    return new Position(this.line + lineDelta, this.character + characterDelta);
  }
}

export class Range {
  constructor(
    readonly start: Position,
    readonly end: Position,
  ) {}
}

export class InlineCompletionItem {
  command?: { command: string; arguments?: unknown[] };

  constructor(
    readonly insertText: string,
    readonly range: Range,
  ) {}
}

export class ThemeColor {
  constructor(readonly id: string) {}
}

export const InlineCompletionTriggerKind = { Invoke: 0, Automatic: 1 };
export const EndOfLine = { LF: 1, CRLF: 2 };
export const StatusBarAlignment = { Left: 1, Right: 2 };
export const ConfigurationTarget = { Global: 1, Workspace: 2, WorkspaceFolder: 3 };

type Listener<T> = (value: T) => void;
interface Disposable {
  dispose(): void;
}

interface FakeState {
  settings: Record<string, unknown>;
  workspaceSettings: Record<string, unknown>;
  workspaceFolder: string;
  logLines: string[];
  commands: Map<string, (...args: unknown[]) => unknown>;
  providers: { selector: unknown; provider: unknown }[];
  statusItem: { text: string; tooltip: string; backgroundColor?: ThemeColor } | undefined;
  messages: string[];
  quickPick: { items: { label: string; command: string }[]; title: string } | undefined;
  pickLabel: string | undefined;
  configurationListeners: Set<Listener<{ affectsConfiguration(section: string): boolean }>>;
  editorListeners: Set<Listener<unknown>>;
  views: Map<string, unknown>;
  disposed: number;
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
    messages: [],
    quickPick: undefined,
    pickLabel: undefined,
    configurationListeners: new Set(),
    editorListeners: new Set(),
    views: new Map(),
    disposed: 0,
  };
}

export let fake = freshState();

export function resetFake(): void {
  fake = freshState();
  window.activeTextEditor = undefined;
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
  createStatusBarItem: () => {
    const item = { text: '', tooltip: '', show: () => undefined, ...disposable() };
    fake.statusItem = item;
    return item;
  },
  onDidChangeActiveTextEditor: (listener: Listener<unknown>) => {
    fake.editorListeners.add(listener);
    return disposable(() => fake.editorListeners.delete(listener));
  },
  showQuickPick: (items: { label: string; command: string }[], options: { title: string }) => {
    fake.quickPick = { items, title: options.title };
    return Promise.resolve(items.find((item) => item.label === fake.pickLabel));
  },
  visibleTextEditors: [] as unknown[],
  registerWebviewViewProvider: (id: string, provider: unknown) => {
    fake.views.set(id, provider);
    return disposable(() => fake.views.delete(id));
  },
  showErrorMessage: (message: string) => Promise.resolve(fake.messages.push(message)),
  showInformationMessage: (message: string) => Promise.resolve(fake.messages.push(message)),
  showWarningMessage: (message: string) => Promise.resolve(fake.messages.push(message)),
};

export const workspace = {
  workspaceFolders: undefined as { uri: unknown }[] | undefined,
  textDocuments: [] as unknown[],
  registerTextDocumentContentProvider: () => disposable(),
  getConfiguration: () => ({
    get: (name: string) => fake.workspaceSettings[name] ?? fake.settings[name],
    inspect: (name: string) => ({ workspaceValue: fake.workspaceSettings[name] }),
    update: (name: string, value: unknown, target: number) => {
      if (target === ConfigurationTarget.Workspace) fake.workspaceSettings[name] = value;
      else changeSetting(name, value);
      return Promise.resolve();
    },
  }),
  onDidChangeConfiguration: (listener: Listener<{ affectsConfiguration(section: string): boolean }>) => {
    fake.configurationListeners.add(listener);
    return disposable(() => fake.configurationListeners.delete(listener));
  },
  getWorkspaceFolder: (uri: { path: string }) => (uri.path.startsWith(`${fake.workspaceFolder}/`) ? {} : undefined),
  asRelativePath: (uri: { path: string }) => uri.path.slice(fake.workspaceFolder.length + 1),
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
