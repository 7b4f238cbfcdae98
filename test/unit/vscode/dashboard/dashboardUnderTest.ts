/**
 * The registered sparsity view over a fake editor, a fake engine and a clock that the test moves. Tests that use it mock 'vscode'.
 */
import type * as vscode from 'vscode';
import type { Generate } from '../../../../src/completion/completeOnce';
import type { EngineState } from '../../../../src/engine/engineClient';
import { MetricsStore } from '../../../../src/metrics/metricsStore';
import { DASHBOARD_INTERVAL_MS, type DashboardState, type DashboardToView } from '../../../../src/protocol/dashboard';
import type { FfnMode } from '../../../../src/protocol/engineProtocol';
import { DASHBOARD_VIEW } from '../../../../src/vscode/dashboard/dashboardView';
import { registerDashboard, type DashboardEngineSource } from '../../../../src/vscode/dashboard/registerDashboard';
import { settle } from '../../completion/controlledEngine';
import { FakeTimers } from '../../engine/fakeTimers';
import { FAKE_MODEL } from '../../engine/fakeWorker';
import { measured } from '../../metrics/measuredResults';
import { fakeDocument, type FakeDocumentOptions } from '../fakeDocument';
import { fake, Uri, window } from '../fakeVscode';
import { fakeWebviewView } from './fakeWebview';

export const READY: EngineState = { kind: 'ready', restarts: 0, pid: 7, model: FAKE_MODEL };

export function setUp() {
  const timers = new FakeTimers();
  const metrics = new MetricsStore();
  const logged: string[] = [];
  const log = { debug: write('debug'), warn: write('warn'), error: write('error') };
  function write(level: string): (message: string) => void {
    return (message) => logged.push(`${level}: ${message}`);
  }
  const listeners = new Set<() => void>();
  const current: { state: EngineState; asked: (FfnMode | undefined)[]; beforeAnswer: () => void; ignored: boolean | Promise<boolean> } = {
    state: READY,
    asked: [],
    beforeAnswer: () => undefined,
    ignored: false,
  };
  const generate: Generate = async ({ mode }, signal) => {
    current.asked.push(mode as FfnMode);
    await Promise.resolve();
    current.beforeAnswer();
    const result = measured('price;', { mode: mode as FfnMode });
    return signal.aborted ? { ...result, stopReason: 'cancelled' } : result;
  };
  const engine: DashboardEngineSource = {
    get state() {
      return current.state;
    },
    get silence() {
      return current.state.kind === 'ready' ? undefined : 'engine-starting';
    },
    contextLength: 2048,
    promptForm: 'infilling',
    residentBytes: 123,
    onDidChangeState: (listener) => listeners.add(listener),
    neuronActivity: () => Promise.resolve({ tokens: 9, hotShare: 0.2, hotShares: [0.2] }),
  };
  const dashboard = registerDashboard({
    extensionUri: Uri.file('/ext') as unknown as vscode.Uri,
    engine,
    generate,
    isExcluded: () => current.ignored,
    metrics,
    timers,
    log,
  });
  const page = fakeWebviewView();
  const provider = fake.views.get(DASHBOARD_VIEW) as vscode.WebviewViewProvider;
  const open = (): void =>
    void provider.resolveWebviewView(page.view, {} as vscode.WebviewViewResolveContext, {} as vscode.CancellationToken);
  const states = (): DashboardState[] => page.sent.map((message) => (message as DashboardToView).state);
  const become = (state: EngineState): void => {
    current.state = state;
    for (const listener of listeners) listener();
  };
  return { dashboard, metrics, timers, page, open, states, become, engine: current, logged };
}

export type SetUp = ReturnType<typeof setUp>;

/** Lets what is to be told be told. */
export async function pass({ timers }: SetUp): Promise<void> {
  await settle();
  timers.advance(DASHBOARD_INTERVAL_MS);
  await settle();
}

export function opened(): SetUp {
  const subject = setUp();
  subject.open();
  subject.page.say({ type: 'ready' });
  return subject;
}

export function command(name: string): unknown {
  return fake.commands.get(`bamboo.${name}`)?.();
}

/** Opens a file with the cursor at "¦" and gives it the focus. */
export function edit(marked: string, options: FakeDocumentOptions = {}): vscode.TextDocument {
  const { document, position } = fakeDocument(marked, options);
  const editor = { document, selection: { active: position } };
  window.activeTextEditor = editor;
  window.visibleTextEditors.push(editor);
  for (const listener of fake.editorListeners) listener(editor);
  return document;
}

export function changeText(document: unknown): void {
  const contentChanges = [{ rangeOffset: 0, rangeLength: 0, text: 'x' }];
  for (const listener of fake.documentListeners) listener({ document, contentChanges });
}
