/**
 * activate(): builds the parts and registers them. No logic lives here, and nothing slow is awaited: the worker loads its model meanwhile.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { ACCEPTED_COMMAND, acceptanceHandler } from './completion/acceptance';
import { CompletionSession } from './completion/completionSession';
import type { Schedule } from './completion/inFlightCompletion';
import { BambooInlineCompletionProvider } from './completion/inlineCompletionProvider';
import { createEngineClient } from './engine/engineClient';
import { REAL_TIMERS } from './engine/timers';
import { MetricsStore } from './metrics/metricsStore';
import { addonPathOf, bundledModelPath } from './model/modelLocator';
import { COMMANDS, registerCommands } from './vscode/commands';
import { registerContext, type ContextParts } from './vscode/context/registerContext';
import { documentPath, readDocumentContext } from './vscode/documentReader';
import { EngineHost } from './vscode/engineHost';
import { createOutputLog, engineLog } from './vscode/outputLog';
import {
  completionSettings,
  contextSettings,
  ENGINE_SETTINGS,
  engineSettings,
  MODE_SETTINGS,
  modeSetting,
  SECTION,
  toggleEnabled,
} from './vscode/settings';
import { StatusBar } from './vscode/statusBar';
import { StatusReporter } from './vscode/statusReporter';

/** What the tests inside VS Code see of the extension. */
export interface BambooApi {
  status(): { state: string; reason?: string };
  workerPid(): number | undefined;
  /** Resolves when the model is loaded; rejects when the engine failed. */
  whenReady(): Promise<void>;
}

let engine: EngineHost | undefined;

export function activate(extension: vscode.ExtensionContext): BambooApi {
  const root = extension.extensionPath;
  const log = createOutputLog();
  const metrics = new MetricsStore();
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
  const context = registerContext(contextParts(host, log, now, schedule));
  const session = new CompletionSession({ generate: host.generate, metrics, now, schedule, snippetsFor: context.snippetsFor });
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
    isExcluded: context.isExcluded,
    readContext: readDocumentContext,
    metrics,
    now,
    report: status.report,
    log,
  });
  host.onDidChangeState(status.refresh);
  extension.subscriptions.push(
    log,
    ...context.disposables,
    bar,
    vscode.languages.registerInlineCompletionItemProvider({ pattern: '**' }, provider),
    vscode.commands.registerCommand(
      ACCEPTED_COMMAND,
      acceptanceHandler(metrics, (message) => log.debug(message)),
    ),
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
  return { status: () => apiStatus(status), workerPid: () => host.state.pid, whenReady: () => host.whenReady() };
}

export async function deactivate(): Promise<void> {
  await engine?.dispose();
  engine = undefined;
}

function contextParts(host: EngineHost, log: vscode.LogOutputChannel, now: () => number, wait: Schedule): ContextParts {
  return {
    settingsFor: contextSettings,
    triggerSettingsFor: completionSettings,
    promptOptionsFor: (document) => ({
      maxTokens: completionSettings(document).maxTokens,
      contextLength: host.contextLength,
      promptForm: host.promptForm,
    }),
    pathOf: documentPath,
    now,
    wait,
    debug: (message) => log.debug(message),
  };
}

function apiStatus(status: StatusReporter): { state: string; reason?: string } {
  const { state, reason } = status.view();
  return reason === undefined ? { state } : { state, reason };
}
