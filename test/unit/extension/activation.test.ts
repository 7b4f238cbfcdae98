import type * as vscode from 'vscode';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EngineClientOptions } from '../../../src/engine/engineClient';
import { activate, deactivate } from '../../../src/extension';
import { settle } from '../completion/controlledEngine';
import { fakeDocument } from '../vscode/fakeDocument';
import { fakeClients } from '../vscode/fakeEngineClient';
import { changeSetting, commands, fake, FakeMemento, resetFake, window } from '../vscode/fakeVscode';

const engines = vi.hoisted(() => ({ create: undefined as ((options: EngineClientOptions) => unknown) | undefined }));
vi.mock('vscode', () => import('../vscode/fakeVscode'));
vi.mock('../../../src/engine/engineClient', () => ({ createEngineClient: (options: EngineClientOptions) => engines.create?.(options) }));
vi.mock('../../../src/model/modelLocator', () => ({
  bundledModelPath: (root: string) => Promise.resolve(`${root}/models/bamboo-nano/bamboo-nano.gguf`),
  addonPathOf: (root: string) => `${root}/dist/native/bamboo.node`,
}));
// Its own tests are in test/unit/vscode/context.
vi.mock('../../../src/vscode/context/registerContext', () => ({
  registerContext: () => ({
    snippetsFor: () => [],
    isExcluded: () => false,
    disposables: [commands.registerCommand('bamboo.showContext', () => undefined)],
  }),
}));

const READY = { kind: 'ready', restarts: 0, pid: 7 } as const;

interface Manifest {
  contributes: {
    commands: { command: string; icon?: string }[];
    views: { bamboo: { id: string; type?: string }[] };
    menus: { 'view/title': { command: string; group: string }[] };
    configuration: { properties: Record<string, { default: unknown; scope?: string }> }[];
  };
}
const MANIFEST = JSON.parse(readFileSync(path.join(__dirname, '..', '..', '..', 'package.json'), 'utf8')) as Manifest;

let clients: ReturnType<typeof fakeClients>['clients'];
let subscriptions: vscode.Disposable[];

function start(): ReturnType<typeof activate> {
  subscriptions = [];
  const states = { workspaceState: new FakeMemento(), globalState: new FakeMemento() };
  return activate({ extensionPath: '/ext', subscriptions, ...states } as unknown as vscode.ExtensionContext);
}

beforeEach(() => {
  resetFake();
  const fakes = fakeClients();
  clients = fakes.clients;
  engines.create = fakes.create;
});
afterEach(async () => {
  await deactivate();
});

describe('activation', () => {
  test('registers every command of the manifest, and one provider', () => {
    start();
    for (const { command } of MANIFEST.contributes.commands) expect(fake.commands.has(command)).toBe(true);
    expect(fake.providers).toHaveLength(1);
  });

  test('returns at once; the worker starts from the files of the package', async () => {
    const api = start();
    expect(api.status()).toEqual({ state: 'starting' });
    await settle();
    expect(clients[0]?.options).toMatchObject({
      workerPath: path.join('/ext', 'dist', 'worker.js'),
      addonPath: '/ext/dist/native/bamboo.node',
      modelPath: '/ext/models/bamboo-nano/bamboo-nano.gguf',
    });
    clients[0]?.become(READY);
    await api.whenReady();
    expect(api.status()).toEqual({ state: 'ready' });
    expect(api.workerPid()).toBe(7);
    expect(fake.statusItem?.text).toContain('Bamboo');
  });

  test('another model or number of threads starts another worker; other settings do not', async () => {
    start();
    await settle();
    changeSetting('completion.maxTokens', 32);
    await settle();
    expect(clients).toHaveLength(1);
    changeSetting('model.path', '/models/a.gguf');
    await settle();
    changeSetting('threads', 1);
    await settle();
    expect(clients).toHaveLength(3);
    expect(clients[2]?.options).toMatchObject({ modelPath: '/models/a.gguf', threads: 1 });
    expect(clients.filter((client) => !client.disposed)).toHaveLength(1);
  });

  test('the restart command starts another worker', async () => {
    start();
    await settle();
    void fake.commands.get('bamboo.restartWorker')?.();
    await settle();
    expect(clients).toHaveLength(2);
    expect(clients[0]?.disposed).toBe(true);
  });

  test('the toggle is seen in the status at once', async () => {
    const api = start();
    await settle();
    clients[0]?.become(READY);
    await fake.commands.get('bamboo.toggle')?.();
    expect(api.status()).toEqual({ state: 'disabled', reason: 'disabled' });
    await fake.commands.get('bamboo.toggle')?.();
    expect(api.status()).toEqual({ state: 'ready' });
  });

  test('the status follows the language of the active editor', async () => {
    const api = start();
    await settle();
    clients[0]?.become(READY);
    changeSetting('languages', { markdown: false });
    window.activeTextEditor = { document: fakeDocument('¦', { languageId: 'markdown' }).document };
    for (const listener of fake.editorListeners) listener(undefined);
    expect(api.status()).toEqual({ state: 'disabled-language', reason: 'language-disabled' });
  });

  test('the switch reaches the running request without another worker, and the API tells the state of the view', async () => {
    const api = start();
    await settle();
    clients[0]?.become(READY);
    expect(api.dashboardState()).toMatchObject({ engine: { kind: 'ready' }, mode: { chosen: 'sparse' } });
    await fake.commands.get('bamboo.toggleMode')?.();
    expect(api.dashboardState().mode).toMatchObject({ chosen: 'dense', effective: 'dense' });
    expect(clients[0]?.modes).toEqual(['dense']);
    expect(clients).toHaveLength(1);
  });

  test('a failing engine is in the status and in the log, and raises no message', async () => {
    const api = start();
    await settle();
    clients[0]?.become({ kind: 'failed', error: { code: 'bad-magic', message: 'No GGUF file.' }, restarts: 0 });
    await expect(api.whenReady()).rejects.toThrow('No GGUF file.');
    expect(api.status()).toEqual({ state: 'failed', reason: 'bad-magic' });
    await settle();
    expect(fake.messages).toEqual([]);
  });

  test('the status command offers to act', async () => {
    start();
    await settle();
    fake.pickLabel = '$(output) Show the log';
    await fake.commands.get('bamboo.showStatus')?.();
    expect(fake.quickPick?.title).toContain('Bamboo');
    expect(fake.messages).toEqual(['log shown']);
  });

  test('ghost text comes through, and accepting it is counted in the tooltip', async () => {
    const api = start();
    await settle();
    clients[0]?.become(READY);
    const provider = fake.providers[0]?.provider as vscode.InlineCompletionItemProvider;
    const { document, position } = fakeDocument('const total = ¦\n');
    const subscription = { dispose: () => undefined };
    const token = { isCancellationRequested: false, onCancellationRequested: () => subscription } as unknown as vscode.CancellationToken;
    const trigger = { triggerKind: 1, selectedCompletionInfo: undefined } as unknown as vscode.InlineCompletionContext;
    const items = await provider.provideInlineCompletionItems(document, position, trigger, token);
    expect(items).toMatchObject([{ insertText: 'const total = price;' }]);
    fake.commands.get('bamboo.internal.accepted')?.(6);
    expect(fake.logLines.join('\n')).toContain('6 characters');
    expect(api.dashboardState().usefulness).toMatchObject({ shown: 1, accepted: 1, charactersSaved: 6 });
    expect(fake.logLines.filter((line) => !line.startsWith('trace')).join('\n')).not.toContain('price');
  });

  test('everything registered is disposed, and the worker ends with the extension', async () => {
    start();
    await settle();
    await deactivate();
    expect(clients[0]?.disposed).toBe(true);
    for (const subscription of subscriptions) subscription.dispose();
    expect(fake.commands.size).toBe(0);
    expect(fake.configurationListeners.size).toBe(0);
  });
});

describe('the manifest', () => {
  test('keeps the switch between sparse and dense per machine, out of reach of workspaces', () => {
    const properties = MANIFEST.contributes.configuration.flatMap((group) => Object.entries(group.properties));
    expect(properties.find(([name]) => name === 'bamboo.mode')?.[1]).toMatchObject({ scope: 'machine', default: 'sparse' });
  });

  test('gives every view a provider, and every button of its title a command', () => {
    start();
    const { views, menus, commands } = MANIFEST.contributes;
    for (const { id, type } of views.bamboo) if (type === 'webview') expect(fake.views.has(id)).toBe(true);
    const withIcon = commands.filter(({ icon }) => icon !== undefined).map(({ command }) => command);
    for (const { command, group } of menus['view/title']) if (group.startsWith('navigation')) expect(withIcon).toContain(command);
  });

  test('names every setting that is read, with the same defaults', () => {
    const properties = Object.assign({}, ...MANIFEST.contributes.configuration.map((group) => group.properties)) as Record<
      string,
      { default: unknown }
    >;
    expect(Object.keys(properties)).toEqual(
      expect.arrayContaining([
        'bamboo.enabled',
        'bamboo.languages',
        'bamboo.completion.multiline',
        'bamboo.completion.maxTokens',
        'bamboo.context.enabled',
        'bamboo.exclude',
        'bamboo.model.path',
        'bamboo.threads',
      ]),
    );
    expect(properties['bamboo.completion.maxTokens']?.default).toBe(64);
    expect(properties['bamboo.completion.multiline']?.default).toBe('auto');
  });
});
