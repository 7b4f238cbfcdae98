/**
 * A view of the sidebar whose page is played by the test.
 */
import type * as vscode from 'vscode';

export interface FakeWebviewView {
  readonly view: vscode.WebviewView;
  /** What the page was sent. */
  readonly sent: unknown[];
  /** The page sends something. */
  say(message: unknown): void;
  setVisible(visible: boolean): void;
  close(): void;
  /** Listeners that are still there. */
  readonly listeners: number;
}

export function fakeWebviewView(): FakeWebviewView {
  const sent: unknown[] = [];
  const listenersOf = { message: new Set<(message: unknown) => void>(), visibility: new Set<() => void>(), dispose: new Set<() => void>() };
  const subscribe =
    <T>(set: Set<T>) =>
    (listener: T) => {
      set.add(listener);
      return { dispose: () => set.delete(listener) };
    };
  const view = {
    visible: true,
    webview: {
      options: {},
      html: '',
      cspSource: 'https://csp.test',
      asWebviewUri: (uri: { path: string }) => uri.path,
      onDidReceiveMessage: subscribe(listenersOf.message),
      postMessage: (message: unknown) => Promise.resolve(sent.push(message)),
    },
    onDidChangeVisibility: subscribe(listenersOf.visibility),
    onDidDispose: subscribe(listenersOf.dispose),
  };
  return {
    view: view as unknown as vscode.WebviewView,
    sent,
    say: (message) => [...listenersOf.message].forEach((listener) => listener(message)),
    setVisible: (visible) => {
      view.visible = visible;
      [...listenersOf.visibility].forEach((listener) => listener());
    },
    close: () => [...listenersOf.dispose].forEach((listener) => listener()),
    get listeners() {
      return Object.values(listenersOf).reduce((sum, set) => sum + set.size, 0);
    },
  };
}
