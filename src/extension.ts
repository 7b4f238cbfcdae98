/**
 * activate(): builds the parts and registers them. No logic lives here, and nothing slow is awaited: the worker loads its model meanwhile.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { EngineTurns } from './chat/engineTurns';
import { endsInLoop } from './completion/postProcess/repetition';
import { createEngineClient, type EngineClientOptions } from './engine/engineClient';
import { REAL_TIMERS } from './engine/timers';
import { MetricsStore } from './metrics/metricsStore';
import { addonPathOf, bundledModelPath } from './model/modelLocator';
import type { ChatState } from './protocol/chat';
import type { DashboardState } from './protocol/dashboard';
import { registerChat, type Chat, type ChatParts } from './vscode/chat/registerChat';
import { COMMANDS, registerCommands } from './vscode/commands';
import { registerDashboard } from './vscode/dashboard/registerDashboard';
import { EngineHost } from './vscode/engineHost';
import { registerModels } from './vscode/models/registerModels';
import { createOutputLog, engineLog } from './vscode/outputLog';
import { registerCompletion } from './vscode/registerCompletion';
import { ENGINE_SETTINGS, engineSettings, MODE_SETTINGS, modeSetting, SECTION, toggleEnabled } from './vscode/settings';
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
  chatState(): ChatState;
  chatWorkerPid(): number | undefined;
}

let engine: EngineHost | undefined;
let chat: Chat | undefined;

export function activate(extension: vscode.ExtensionContext): BambooApi {
  const root = extension.extensionPath;
  const log = createOutputLog();
  const metrics = new MetricsStore();
  const files = { workerPath: path.join(root, 'dist', 'worker.js'), addonPath: addonPathOf(root), log: engineLog(log) };
  const host = new EngineHost({
    createClient: createEngineClient,
    settings: engineSettings,
    mode: modeSetting,
    onShadowCheck: (check) => metrics.recordShadowCheck(check),
    bundledModelPath: () => bundledModelPath(root),
    ...files,
  });
  engine = host;
  const bar = new StatusBar(COMMANDS.showStatus);
  const status = new StatusReporter(host, metrics, bar);
  const turns = new EngineTurns((delayMs, task) => REAL_TIMERS.after(delayMs, task));
  const generate = turns.beforeChat(host.generate);
  const completion = registerCompletion({ engine: host, generate, metrics, timers: REAL_TIMERS, report: status.report, log });
  const restart = (): Promise<void> => {
    completion.reset();
    return host.start();
  };
  host.onDidChangeState(status.refresh);
  const { isExcluded } = completion;
  const { extensionUri } = extension;
  const dashboard = registerDashboard({ extensionUri, engine: host, generate, isExcluded, metrics, timers: REAL_TIMERS, log });
  const registeredChat = startChat(extension, log, host, turns, { ...files, isExcluded: (uri) => isExcluded({ uri }) });
  chat = registeredChat;
  extension.subscriptions.push(
    log,
    bar,
    ...completion.subscriptions,
    ...dashboard.subscriptions,
    ...registeredChat.subscriptions,
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
    chatState: registeredChat.state,
    chatWorkerPid: registeredChat.workerPid,
  };
}

type WorkerFiles = Pick<EngineClientOptions, 'workerPath' | 'addonPath' | 'log'>;

function startChat(
  extension: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  host: EngineHost,
  turns: EngineTurns,
  { isExcluded, ...files }: WorkerFiles & Pick<ChatParts, 'isExcluded'>,
): Chat {
  return registerChat({
    ...{ extension, log, turns, endsInLoop, isExcluded },
    createClient: (modelPath) => createEngineClient({ ...files, modelPath, threads: engineSettings().threads, contextLength: 0 }),
    completionModelPath: async () => engineSettings().modelPath || bundledModelPath(extension.extensionPath),
    completionModel: () => host.state.model,
    onDidChangeCompletionModel: (listener) => host.onDidChangeState(listener),
    chooseModel: async () => {
      await vscode.commands.executeCommand('bamboo.models.choose', 'chat');
    },
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
