/**
 * activate(): builds the parts and registers them. No logic lives here, and nothing slow is awaited: the worker loads its model meanwhile.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { AcceptanceTracker } from './completion/acceptance';
import { CompletionSession } from './completion/completionSession';
import type { Schedule } from './completion/inFlightCompletion';
import { BambooInlineCompletionProvider } from './completion/inlineCompletionProvider';
import { createEngineClient } from './engine/engineClient';
import { REAL_TIMERS } from './engine/timers';
import { MetricsStore } from './metrics/metricsStore';
import { addonPathOf, bundledModelPath } from './model/modelLocator';
import type { DashboardState } from './protocol/dashboard';
import { watchAcceptance } from './vscode/acceptanceWatch';
import { COMMANDS, registerCommands } from './vscode/commands';
import { registerDashboard } from './vscode/dashboard/registerDashboard';
import { documentPath, readDocumentContext } from './vscode/documentReader';
import { EngineHost } from './vscode/engineHost';
import { registerModels } from './vscode/models/registerModels';
import { createOutputLog, engineLog } from './vscode/outputLog';
import { completionSettings, ENGINE_SETTINGS, engineSettings, MODE_SETTINGS, modeSetting, SECTION, toggleEnabled } from './vscode/settings';
import { StatusBar } from './vscode/statusBar';
import { StatusReporter } from './vscode/statusReporter';

/** What the tests inside VS Code see of the extension. */
export interface BambooApi {
  status(): { state: string; reason?: string };
  workerPid(): number | undefined;
  /** Resolves when the model is loaded; rejects when the engine failed. */
  whenReady(): Promise<void>;
  /** What the sparsity view would be sent now. */
  dashboardState(): DashboardState;
}

let engine: EngineHost | undefined;

export function activate(extension: vscode.ExtensionContext): BambooApi {
  const root = extension.extensionPath;
  const log = createOutputLog();
  const metrics = new MetricsStore();
  const acceptance = new AcceptanceTracker(metrics);
  const host = new EngineHost({
    createClient: createEngineClient,
    settings: engineSettings,
    mode: modeSetting,
    onShadowCheck: (check) => metrics.recordShadowCheck(check),
    bundledModelPath: () => bundledModelPath(root),
    workerPath: path.join(root, 'dist', 'worker.js'),
    addonPath: addonPathOf(root),
    log: engineLog(log),
  });
  engine = host;
  const bar = new StatusBar(COMMANDS.showStatus);
  const status = new StatusReporter(host, metrics, bar);
  const now = (): number => REAL_TIMERS.nowMs();
  const schedule: Schedule = (delayMs, task) => REAL_TIMERS.after(delayMs, task);
  const session = new CompletionSession({ generate: host.generate, metrics, now, schedule });
  const restart = (): Promise<void> => {
    session.reset();
    return host.start();
  };
  const provider = new BambooInlineCompletionProvider({
    session,
    engineSilence: () => host.silence,
    contextLength: () => host.contextLength,
    promptForm: () => host.promptForm,
    settingsFor: completionSettings,
    pathOf: documentPath,
    readContext: readDocumentContext,
    metrics,
    now,
    onShown: acceptance.shown,
    report: status.report,
    log,
  });
  host.onDidChangeState(status.refresh);
  const dashboard = registerDashboard({ extensionUri: extension.extensionUri, engine: host, metrics, timers: REAL_TIMERS, log });
  extension.subscriptions.push(
    log,
    bar,
    vscode.languages.registerInlineCompletionItemProvider({ pattern: '**' }, provider),
    ...watchAcceptance(acceptance, log),
    ...dashboard.subscriptions,
    ...registerModels({
      bundledModelPath: () => bundledModelPath(root),
      inspectFile: host.inspectFile,
      onDidChangeEngine: (listener) => host.onDidChangeState(listener),
      storage: extension.globalState,
      warn: (message) => log.warn(message),
    }),
    ...registerCommands({ toggleEnabled, restart, showLog: () => log.show(), view: () => status.view() }),
    vscode.window.onDidChangeActiveTextEditor(status.editorChanged),
    vscode.workspace.onDidChangeConfiguration((change) => {
      const affects = (setting: string): boolean => change.affectsConfiguration(setting);
      if (ENGINE_SETTINGS.some(affects)) void restart();
      if (MODE_SETTINGS.some(affects)) void host.modeChanged();
      if (change.affectsConfiguration(SECTION)) status.refresh();
    }),
  );
  status.refresh();
  void host.start();
  return {
    status: () => apiStatus(status),
    workerPid: () => host.state.pid,
    whenReady: () => host.whenReady(),
    dashboardState: () => dashboard.state(),
  };
}

export async function deactivate(): Promise<void> {
  await engine?.dispose();
  engine = undefined;
}

function apiStatus(status: StatusReporter): { state: string; reason?: string } {
  const { state, reason } = status.view();
  return reason === undefined ? { state } : { state, reason };
}
