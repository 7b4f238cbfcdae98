/**
 * activate(): builds the parts and registers them. No logic lives here, and nothing slow is awaited: the worker loads its model meanwhile.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import type { ChatEngineClient } from './chat/chatEngine';
import { EngineTurns } from './chat/engineTurns';
import { ACCEPTED_COMMAND, acceptanceHandler } from './completion/acceptance';
import { CompletionSession } from './completion/completionSession';
import type { Schedule } from './completion/inFlightCompletion';
import { BambooInlineCompletionProvider } from './completion/inlineCompletionProvider';
import { endsInLoop } from './completion/postProcess/repetition';
import { createEngineClient } from './engine/engineClient';
import { REAL_TIMERS } from './engine/timers';
import { MetricsStore } from './metrics/metricsStore';
import { addonPathOf, bundledModelPath } from './model/modelLocator';
import type { ChatState } from './protocol/chat';
import { registerChat, type Chat } from './vscode/chat/registerChat';
import { COMMANDS, registerCommands } from './vscode/commands';
import { documentPath, readDocumentContext } from './vscode/documentReader';
import { EngineHost } from './vscode/engineHost';
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
  chatState(): ChatState;
  chatWorkerPid(): number | undefined;
}

let engine: EngineHost | undefined;
let chat: Chat | undefined;

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
  const turns = new EngineTurns(schedule);
  const session = new CompletionSession({ generate: turns.beforeChat(host.generate), metrics, now, schedule });
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
    report: status.report,
    log,
  });
  host.onDidChangeState(status.refresh);
  extension.subscriptions.push(
    log,
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
  const registered = startChat(extension, log, host, turns);
  chat = registered;
  extension.subscriptions.push(...registered.subscriptions);
  status.refresh();
  void host.start();
  return {
    status: () => apiStatus(status),
    workerPid: () => host.state.pid,
    whenReady: () => host.whenReady(),
    chatState: registered.state,
    chatWorkerPid: registered.workerPid,
  };
}

function startChat(extension: vscode.ExtensionContext, log: vscode.LogOutputChannel, host: EngineHost, turns: EngineTurns): Chat {
  const root = extension.extensionPath;
  return registerChat({
    ...{ extension, log, turns, endsInLoop },
    createClient: (modelPath) => {
      const { threads } = engineSettings();
      const files = { workerPath: path.join(root, 'dist', 'worker.js'), addonPath: addonPathOf(root) };
      return createEngineClient({ ...files, modelPath, threads, contextLength: 0, log: engineLog(log) }) as unknown as ChatEngineClient;
    },
    completionModelPath: async () => engineSettings().modelPath || bundledModelPath(root),
    completionModel: () => host.state.model,
    onDidChangeCompletionModel: (listener) => host.onDidChangeState(listener),
  });
}

export async function deactivate(): Promise<void> {
  await Promise.all([engine?.dispose(), chat?.dispose()]);
  engine = undefined;
  chat = undefined;
}

function apiStatus(status: StatusReporter): { state: string; reason?: string } {
  const { state, reason } = status.view();
  return reason === undefined ? { state } : { state, reason };
}
