/**
 * Builds the parts of chat and registers them; the one thing that extension.ts calls.
 */
import { randomInt, randomUUID } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ChatBackend } from '../../chat/chatBackend';
import { ChatEngine, type ChatEngineClient } from '../../chat/chatEngine';
import { ChatHistory } from '../../chat/chatHistory';
import { ChatSession } from '../../chat/chatSession';
import type { EngineTurns } from '../../chat/engineTurns';
import { LocalChat } from '../../chat/localChat';
import { ServerChat } from '../../chat/serverChat';
import { REAL_TIMERS } from '../../engine/timers';
import type { ChatState } from '../../protocol/chat';
import type { ModelDescription } from '../../protocol/engineProtocol';
import { ChangeProposal, PROPOSAL_SCHEME } from './changeProposal';
import { registerChatCommands } from './chatCommands';
import { ChatController } from './chatController';
import { ChatFeed } from './chatFeed';
import { CHAT_SETTINGS, chatSettings, endsChatEngine, SERVER_KEY_SECRET } from './chatSettings';
import { chatStorage } from './chatStorage';
import { CHAT_VIEW, ChatViewProvider } from './chatViewProvider';
import { LastEditor } from '../lastEditor';
import { registerLanguageModels } from './languageModels';
import { readMention } from './mentionReader';
import { selectionMention } from './mentionSuggestions';
import type { IsExcluded } from './readableFiles';
import { gitRepository, readStagedChanges } from './stagedChanges';

export interface ChatParts {
  readonly extension: Pick<vscode.ExtensionContext, 'extensionUri' | 'workspaceState' | 'globalState' | 'secrets'>;
  readonly log: vscode.LogOutputChannel;
  /** A worker of its own for this model. */
  readonly createClient: (modelPath: string) => ChatEngineClient;
  /** The model that completes; chat uses it where no other is chosen. */
  readonly completionModelPath: () => Promise<string>;
  /** As completion has loaded it; what it can do is shown before the first question. */
  readonly completionModel: () => ModelDescription | undefined;
  readonly onDidChangeCompletionModel: (listener: () => void) => void;
  readonly turns: EngineTurns;
  /** Whether a text ends in a loop of words or letters. */
  readonly endsInLoop: (text: string) => boolean;
  /** Whether ignore files or the setting keep a file out. */
  readonly isExcluded: IsExcluded;
  /** Lets the user choose a model; default: the settings. */
  readonly chooseModel?: () => Promise<unknown>;
}

export interface Chat {
  readonly subscriptions: readonly { dispose(): unknown }[];
  /** What the tests inside VS Code see. */
  readonly state: () => ChatState;
  readonly workerPid: () => number | undefined;
  /** Ends the answer, writes the history and ends the worker. */
  readonly dispose: () => Promise<void>;
}

export function registerChat(parts: ChatParts): Chat {
  const { extension, log, turns, endsInLoop, isExcluded } = parts;
  const schedule = (delayMs: number, task: () => void): (() => void) => REAL_TIMERS.after(delayMs, task);
  const warn = (message: string): void => log.warn(message);
  const engine = new ChatEngine({ createClient: () => createClient(parts), turns, schedule, warn });
  const backend = chooseBackend(engine, parts);
  const editors = new LastEditor();
  const history = new ChatHistory({ storage: chatStorage(extension), schedule, warn });
  const newSeed = (): number => randomInt(0xffff_ffff);
  const session = new ChatSession({
    ...{ history, backend, endsInLoop, newSeed },
    readMention: (mention) => readMention(mention, isExcluded),
    selection: () => selectionMention(editors),
    readStagedChanges: async () => readStagedChanges(await gitRepository()),
    newId: randomUUID,
    nowMs: Date.now,
  });
  const feed = new ChatFeed(() => session.state, schedule);
  const endFeed = session.onEvent(feed.take);
  const changed = (): void => feed.take({ type: 'changed' });
  const endEngine = engine.onDidChange(changed);
  parts.onDidChangeCompletionModel(changed);
  const proposal = new ChangeProposal((text) => {
    feed.send({ type: 'notice', text });
    void vscode.window.showInformationMessage(text);
  });
  const chooseModel = parts.chooseModel ?? openModelSetting;
  const controller = new ChatController({ session, history, feed, proposal, editors, isExcluded, showLog: () => log.show(), chooseModel });
  const view = new ChatViewProvider({
    extensionUri: extension.extensionUri,
    handle: (message) => controller.handle(message),
    ...{ feed, warn },
  });
  return {
    subscriptions: [
      editors,
      vscode.window.registerWebviewViewProvider(CHAT_VIEW, view),
      vscode.workspace.registerTextDocumentContentProvider(PROPOSAL_SCHEME, proposal),
      ...registerChatCommands({ session, history, proposal, editors, backend, endsInLoop, newSeed, secrets: extension.secrets }),
      ...registerLanguageModels(backend),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (endsChatEngine(change)) void engine.stop();
        if (change.affectsConfiguration(CHAT_SETTINGS)) changed();
      }),
      { dispose: endFeed },
      { dispose: endEngine },
    ],
    state: () => session.state,
    workerPid: () => engine.state.pid,
    dispose: async () => {
      await session.dispose();
      await engine.dispose();
    },
  };
}

async function createClient({ createClient: create, completionModelPath }: ChatParts): Promise<ChatEngineClient> {
  const { modelPath } = chatSettings();
  return create(modelPath === '' ? await completionModelPath() : modelPath);
}

/** By the settings of now: a server where one is named, else the model on this machine. */
function chooseBackend(engine: ChatEngine, { extension, completionModel }: ChatParts): () => ChatBackend {
  const local = new LocalChat({
    engine,
    modelName: chosenModelName,
    expectedModel: () => (chatSettings().modelPath === '' ? completionModel() : undefined),
    nowMs: () => REAL_TIMERS.nowMs(),
  });
  const server = new ServerChat({
    address: () => ({ url: chatSettings().serverUrl, model: chatSettings().serverModel }),
    key: async () => extension.secrets.get(SERVER_KEY_SECRET),
    fetch: (input, init) => globalThis.fetch(input, init),
    after: (delayMs, task) => REAL_TIMERS.after(delayMs, task),
    nowMs: () => REAL_TIMERS.nowMs(),
  });
  return () => (chatSettings().serverUrl === '' ? local : server);
}

function chosenModelName(): string {
  const { modelPath } = chatSettings();
  return modelPath === '' ? vscode.l10n.t('the model of completion') : path.basename(modelPath);
}

async function openModelSetting(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', 'bamboo.chat');
}
