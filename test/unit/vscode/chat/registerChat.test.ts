import type * as vscode from 'vscode';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ChatEngineClient } from '../../../../src/chat/chatEngine';
import { EngineTurns } from '../../../../src/chat/engineTurns';
import type { EngineState } from '../../../../src/engine/engineClient';
import type { ChatState, ChatToView } from '../../../../src/protocol/chat';
import type { ModelDescription } from '../../../../src/protocol/engineProtocol';
import { registerChat, type Chat } from '../../../../src/vscode/chat/registerChat';
import { CHATML_FORM, written } from '../../chat/chatForms';
import { countWords } from '../../chat/fakeBackend';
import { controlledEngine, manualClock, settle } from '../../completion/controlledEngine';
import { changeSetting, fake } from '../fakeVscode';
import { editor, LanguageModelTextPart, openEditor, resetEditor, Uri } from './fakeEditor';

vi.mock('vscode', () => import('./fakeEditor'));

const MODEL = { name: 'big', parameterCount: 7e9, contextLength: 4096, promptForm: 'continuation', chat: CHATML_FORM } as ModelDescription;
const MANIFEST = JSON.parse(readFileSync(path.join(__dirname, '..', '..', '..', '..', 'package.json'), 'utf8')) as {
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string }[];
    views: Record<string, { id: string; type?: string }[]>;
    menus: Record<string, { command?: string; submenu?: string }[]>;
    submenus: { id: string }[];
    configuration: { properties: Record<string, { scope?: string }> }[];
  };
};

let chat: Chat;
let engine: ReturnType<typeof controlledEngine>;
let prompts: string[];
let paths: string[];
let secrets: Map<string, string>;

function fakeClient(modelPath: string): ChatEngineClient {
  paths.push(modelPath);
  let state: EngineState = { kind: 'stopped', restarts: 0 };
  return {
    get state() {
      return state;
    },
    onDidChangeState: () => () => undefined,
    start: () => {
      state = { kind: 'ready', model: MODEL, pid: 5, restarts: 0 };
      return Promise.resolve();
    },
    generate: (request, ...rest) => {
      prompts.push(written(request.prompt));
      return engine.generate(request, ...rest);
    },
    setPaused: () => Promise.resolve(),
    countTokens: (texts) => Promise.resolve(countWords(texts)),
    dispose: () => Promise.resolve(),
  };
}

function memento(): vscode.Memento {
  const values = new Map<string, unknown>();
  return {
    get: (key: string) => values.get(key),
    update: (key: string, value: unknown) => Promise.resolve(void values.set(key, value)),
  } as unknown as vscode.Memento;
}

/** A question passes through more steps than one settling covers. */
async function quiet(): Promise<void> {
  for (let round = 0; round < 5; round += 1) await settle();
}

const command = (name: string, ...args: unknown[]): unknown => fake.commands.get(`bamboo.chat.${name}`)?.(...args);

beforeEach(() => {
  resetEditor();
  engine = controlledEngine();
  prompts = [];
  paths = [];
  secrets = new Map();
  const extension = {
    extensionUri: Uri.file('/ext') as unknown as vscode.Uri,
    workspaceState: memento(),
    globalState: memento(),
    secrets: {
      get: (key: string) => Promise.resolve(secrets.get(key)),
      store: (key: string, value: string) => Promise.resolve(void secrets.set(key, value)),
      delete: (key: string) => Promise.resolve(void secrets.delete(key)),
    },
  } as unknown as vscode.ExtensionContext;
  chat = registerChat({
    extension,
    log: {
      warn: (line: string) => fake.logLines.push(line),
      show: () => fake.messages.push('log shown'),
    } as unknown as vscode.LogOutputChannel,
    createClient: fakeClient,
    completionModelPath: () => Promise.resolve('/models/completion.gguf'),
    completionModel: () => undefined,
    onDidChangeCompletionModel: () => undefined,
    turns: new EngineTurns(manualClock().schedule),
    endsInLoop: () => false,
    isExcluded: () => false,
  });
});
afterEach(async () => {
  await chat.dispose();
  for (const subscription of chat.subscriptions) subscription.dispose();
});

const lastText = (): string | undefined => chat.state().current.messages.at(-1)?.text;
const view = (): vscode.WebviewViewProvider => fake.views.get('bamboo.chat') as vscode.WebviewViewProvider;

describe('chat in the editor', () => {
  test('a command on the selection asks about it; the worker starts only then, with the model of completion', async () => {
    openEditor('[const total = 1;]');
    expect(chat.workerPid()).toBeUndefined();
    await command('explain');
    await quiet();
    expect(paths).toEqual(['/models/completion.gguf']);
    expect(chat.workerPid()).toBe(5);
    expect(prompts[0]).toContain('const total = 1;');
    engine.requests[0]?.stream('It is one.');
    engine.requests[0]?.finish('It is one.');
    await quiet();
    expect(lastText()).toBe('It is one.');
    expect(chat.state().current.title).toBe('/explain');
  });

  test('another model for chat is used from the next question on', async () => {
    openEditor('[x]');
    changeSetting('chat.model.path', '/models/chat.gguf');
    expect(chat.state().model).toMatchObject({ state: 'off', name: 'chat.gguf', where: 'this machine' });
    await command('explain');
    await quiet();
    expect(paths).toEqual(['/models/chat.gguf']);
  });

  test('another model for completion ends the chat engine only where chat uses that model', async () => {
    openEditor('[x]');
    await command('explain');
    await quiet();
    expect(chat.workerPid()).toBe(5);
    engine.requests[0]?.finish('It is one.');
    await quiet();
    changeSetting('model.path', '/models/other.gguf');
    await quiet();
    expect(chat.workerPid()).toBeUndefined();

    changeSetting('chat.model.path', '/models/chat.gguf');
    await command('explain');
    await quiet();
    expect(chat.workerPid()).toBe(5);
    changeSetting('model.path', '/models/third.gguf');
    await quiet();
    expect(chat.workerPid()).toBe(5);
  });

  test('the messages of the view do what they say', async () => {
    const posted: ChatToView[] = [];
    let receive: (raw: unknown) => void = () => undefined;
    const webview = {
      asWebviewUri: (uri: unknown) => uri,
      postMessage: (message: ChatToView) => Promise.resolve(posted.push(message)),
      onDidReceiveMessage: (listener: (raw: unknown) => void) => {
        receive = listener;
      },
    };
    const page = { webview, visible: true, onDidChangeVisibility: () => undefined, onDidDispose: () => undefined };
    void view().resolveWebviewView(page as never, undefined as never, undefined as never);
    receive({ type: 'ready' });
    receive({ type: 'send', text: 'Hello', mentions: [] });
    await quiet();
    engine.requests[0]?.stream('```ts\nx\n```');
    receive({ type: 'action', action: 'stop' });
    await quiet();
    const { messages, id } = chat.state().current;
    expect(messages.map((message) => message.state)).toEqual(['complete', 'stopped']);
    receive({ type: 'copyMessage', messageId: messages[1]?.id });
    receive({ type: 'search', query: 'hello' });
    receive({ type: 'mentionQuery', query: 'sel' });
    receive({ type: 'action', action: 'showLog' });
    editor.saveTo = Uri.file('/out/chat.md');
    receive({ type: 'export', conversationId: id });
    await quiet();
    expect(editor.clipboard).toBe('```ts\nx\n```');
    expect(fake.messages).toContain('log shown');
    expect(editor.files.get('/out/chat.md')).toContain('# Hello');
    expect(posted).toContainEqual({ type: 'found', query: 'hello', conversations: chat.state().conversations });
    expect(posted).toContainEqual({ type: 'mentions', query: 'sel', suggestions: [] });
    receive({ type: 'delete', conversationId: id });
    await quiet();
    expect(chat.state().conversations).toEqual([]);
  });

  test('the history is deleted only when the user says so', async () => {
    openEditor('[x]');
    await command('explain');
    await quiet();
    await command('deleteHistory');
    expect(chat.state().conversations).toHaveLength(1);
    editor.answer = (_message, choices) => choices[0];
    await command('deleteHistory');
    expect(chat.state().conversations).toEqual([]);
  });

  test('the key of a server is kept as a secret, and removed when it is left empty', async () => {
    editor.input = ' key ';
    await command('setServerKey');
    expect([...secrets.values()]).toEqual(['key']);
    editor.input = '';
    await command('setServerKey');
    expect(secrets.size).toBe(0);
  });

  test('a server that is named answers instead', () => {
    changeSetting('chat.server.url', 'https://example.com');
    expect(chat.state().model).toMatchObject({ where: 'server', name: 'example.com', state: 'ready' });
  });
});

describe('a commit message', () => {
  function repository(diff: string, value = '') {
    const box = { value };
    const repo = { rootUri: Uri.file('/project'), inputBox: box, diff: () => Promise.resolve(diff) };
    editor.git = { isActive: true, exports: { getAPI: () => ({ repositories: [repo] }) } };
    return box;
  }

  test('goes into the box of the source control view, above what stands there', async () => {
    const box = repository('+ line', 'draft');
    const done = command('commitMessage');
    await quiet();
    expect(prompts[0]).toContain('+ line');
    engine.requests[0]?.stream('```\nAdd a line\n```');
    engine.requests[0]?.finish('');
    await done;
    expect(box.value).toBe('Add a line\n\ndraft');
    expect(chat.state().conversations).toEqual([]);
  });

  test('without staged changes, or without git, is a sentence', async () => {
    repository('');
    await command('commitMessage');
    expect(fake.messages.at(-1)).toContain('Nothing is staged');
    editor.git = undefined;
    await command('commitMessage');
    expect(fake.messages.at(-1)).toContain('no git repository');
  });
});

describe('the model in the chat of the editor itself', () => {
  test('answers there with the same engine', async () => {
    const provider = editor.lmProvider?.provider;
    const token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => undefined }) } as never;
    const [info] = (await provider?.provideLanguageModelChatInformation({ silent: true }, token)) ?? [];
    expect(info).toMatchObject({ id: 'bamboo', family: 'bamboo' });
    const parts: unknown[] = [];
    const message = (role: number, text: string) => ({ role, content: [new LanguageModelTextPart(text)], name: undefined }) as never;
    const done = provider?.provideLanguageModelChatResponse(
      info as never,
      [message(1, 'one'), message(1, 'two')],
      {} as never,
      { report: (part) => parts.push(part) },
      token,
    );
    await quiet();
    expect(prompts[0]).toContain('one\n\ntwo');
    engine.requests[0]?.stream('Hi');
    engine.requests[0]?.finish('');
    await done;
    expect(parts).toEqual([new LanguageModelTextPart('Hi')]);
    expect(await provider?.provideTokenCount(info as never, 'three words here', token)).toBe(3);
  });
});

describe('the manifest', () => {
  const chatCommands = MANIFEST.contributes.commands.map((entry) => entry.command).filter((name) => name.startsWith('bamboo.chat.'));

  test('names the commands that are registered, and no others', () => {
    const registered = [...fake.commands.keys()].filter((name) => name.startsWith('bamboo.chat.'));
    expect(registered.toSorted()).toEqual(chatCommands.toSorted());
  });

  test('has the view, and only known commands in its menus', () => {
    expect(MANIFEST.contributes.views.bamboo).toContainEqual(expect.objectContaining({ id: 'bamboo.chat', type: 'webview' }));
    const known = MANIFEST.contributes.commands.map((entry) => entry.command);
    const used = Object.values(MANIFEST.contributes.menus).flatMap((entries) => entries.map((entry) => entry.command));
    expect(used.filter((name) => name !== undefined && !known.includes(name))).toEqual([]);
  });

  test('lets no workspace choose a model or a server', () => {
    const properties = Object.assign({}, ...MANIFEST.contributes.configuration.map((group) => group.properties)) as Record<
      string,
      { scope?: string }
    >;
    const names = Object.keys(properties).filter((name) => name.startsWith('bamboo.chat.'));
    expect(names).toHaveLength(3);
    for (const name of names) {
      expect(properties[name]?.scope).toBe('machine');
      expect(MANIFEST.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain(name);
    }
  });
});

test('the state is what the view is given', () => {
  const state: ChatState = chat.state();
  expect(state.current.messages).toEqual([]);
  expect(state.model.state).toBe('off');
});
