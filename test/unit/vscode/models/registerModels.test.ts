import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as vscode from 'vscode';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EngineError } from '../../../../src/protocol/engineError';
import type { ModelFile } from '../../../../src/protocol/engineProtocol';
import { ADDED_MODELS_KEY } from '../../../../src/vscode/models/addedModels';
import { registerModels } from '../../../../src/vscode/models/registerModels';
import type { ModelRow } from '../../../../src/vscode/models/modelItems';
import { modelFile } from '../../model/modelFile';
import { changeSetting, env, fake, FakeMemento, resetFake, UIKind, Uri, workspace } from '../fakeVscode';

vi.mock('vscode', () => import('../fakeVscode'));

let folder: string;
let bundled: string;
let storage: FakeMemento;
let warnings: string[];
let engineListeners: (() => void)[];
let inspect: (modelPath: string) => Promise<ModelFile>;
let redraws: number;
let disposables: ReturnType<typeof registerModels>;

beforeEach(() => {
  resetFake();
  folder = mkdtempSync(path.join(tmpdir(), 'bamboo-models-'));
  bundled = put('ext/bamboo-nano.gguf');
  storage = new FakeMemento();
  warnings = [];
  engineListeners = [];
  redraws = 0;
  inspect = (modelPath) => Promise.resolve(modelFile({ modelPath, name: path.basename(modelPath, '.gguf') }));
});
afterEach(() => {
  for (const each of disposables) each.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function put(name: string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, 'gguf');
  return file;
}

function tree(): vscode.TreeDataProvider<unknown> {
  return fake.treeViews.get('bamboo.models')?.treeDataProvider as vscode.TreeDataProvider<unknown>;
}

function start(bundledModelPath = (): Promise<string> => Promise.resolve(bundled)): void {
  disposables = registerModels({
    bundledModelPath,
    inspectFile: (modelPath) => inspect(modelPath),
    onDidChangeEngine: (listener) => engineListeners.push(listener),
    storage: storage as unknown as vscode.Memento,
    warn: (message) => warnings.push(message),
  });
  tree().onDidChangeTreeData?.(() => (redraws += 1));
}

const rows = async (): Promise<ModelRow[]> => (await tree().getChildren()) as ModelRow[];
const rowOf = async (modelPath: string): Promise<ModelRow | undefined> => (await rows()).find(({ entry }) => entry.path === modelPath);
const drawn = async (): Promise<string[]> =>
  (await rows()).map((row) => {
    const { label, description } = tree().getTreeItem(row) as vscode.TreeItem;
    return `${label as string}: ${description as string}`;
  });
const run = async (command: string, argument?: unknown): Promise<void> => {
  await fake.commands.get(command)?.(argument);
};

/** As VS Code does: asks again after every change until nothing is left to learn. */
async function examined(): Promise<void> {
  await expect.poll(async () => (await rows()).every(({ facts }) => facts.kind !== 'unread')).toBe(true);
}

describe('the models view', () => {
  test('lists at once what the disk knows, then what the files say', async () => {
    start();
    const [first] = await rows();
    expect(first?.facts).toEqual({ kind: 'unread', fileBytes: 4 });
    await examined();
    expect(redraws).toBeGreaterThan(0);
    expect(await drawn()).toEqual(['bamboo-nano: completion · chat · bundled · 85 MB · Q8_0 · dReLU']);
  });

  test('lists the files of named folders, and says what it could not read', async () => {
    const found = put('models/deep/b.gguf');
    changeSetting('models.folders', [path.join(folder, 'models'), path.join(folder, 'gone'), 'not/absolute', 7, '']);
    start();
    expect((await rows()).map(({ entry }) => entry.path)).toEqual([bundled, found]);
    expect(fake.treeViews.get('bamboo.models')?.message).toBe(
      `The folder ${path.join(folder, 'gone')} cannot be read. Check the setting bamboo.models.folders.`,
    );
    changeSetting('models.folders', 'nonsense');
    expect((await rows()).map(({ entry }) => entry.path)).toEqual([bundled]);
    expect(fake.treeViews.get('bamboo.models')?.message).toBe('');
  });

  test('is empty when the package has no model, so that the view says what to do', async () => {
    start(() => Promise.reject(new Error('bamboo-nano.gguf does not exist. Reinstall the extension.')));
    expect(await rows()).toEqual([]);
    expect(warnings).toEqual(['bamboo-nano.gguf does not exist. Reinstall the extension.']);
  });

  test('keeps a chosen model that is gone, with its problem', async () => {
    changeSetting('model.path', path.join(folder, 'gone.gguf'));
    start();
    expect(await drawn()).toContain('gone: completion · chat · missing');
  });

  test('a damaged stored list costs nothing but the damage', async () => {
    const kept = put('kept.gguf');
    await storage.update(ADDED_MODELS_KEY, [kept, { no: 'path' }]);
    start();
    expect((await rows()).map(({ entry }) => entry.path)).toEqual([bundled, kept]);
    expect(warnings).toHaveLength(1);
  });

  test('while no engine runs files stay unread without asking over and over; they are read when one runs', async () => {
    let asked = 0;
    inspect = () => {
      asked += 1;
      return Promise.reject(new EngineError('worker-stopped', 'The engine is not running.'));
    };
    start();
    await rows();
    await expect.poll(() => asked).toBe(1);
    expect(redraws).toBe(0);
    inspect = () => Promise.resolve(modelFile());
    for (const listener of engineListeners) listener();
    expect(redraws).toBe(1);
    await examined();
    const examinedRedraws = redraws;
    for (const listener of engineListeners) listener();
    expect(redraws).toBe(examinedRedraws);
  });

  test('is drawn anew when a setting of it changes, when it is shown, and on demand', async () => {
    start();
    changeSetting('model.path', '/m/b.gguf');
    changeSetting('chat.model.path', '/m/b.gguf');
    changeSetting('models.folders', []);
    changeSetting('threads', 2);
    expect(redraws).toBe(3);
    fake.treeViews.get('bamboo.models')?.visibility.fire({ visible: true });
    fake.treeViews.get('bamboo.models')?.visibility.fire({ visible: false });
    await run('bamboo.models.refresh');
    expect(redraws).toBe(5);
  });
});

describe('the commands for models', () => {
  test('an added file is listed and examined, and remembered', async () => {
    start();
    const added = put('mine/b.gguf');
    fake.openDialogUris = [Uri.file(added)];
    await run('bamboo.models.add');
    await examined();
    expect(await drawn()).toContain('b: 85 MB · Q8_0 · dReLU');
    expect(storage.get(ADDED_MODELS_KEY)).toEqual([added]);
  });

  test('what is no model file is refused in words, and a cancelled dialog changes nothing', async () => {
    start();
    fake.openDialogUris = [Uri.file('/m/notes.txt'), new Uri('/m/b.gguf', 'ssh')];
    await run('bamboo.models.add');
    expect(fake.messages).toEqual([
      '/m/notes.txt is no model file. Choose a file whose name ends in .gguf.',
      'ssh:///m/b.gguf is not on the machine where Bamboo runs. Choose a file of that machine.',
    ]);
    fake.openDialogUris = undefined;
    await run('bamboo.models.add');
    expect(storage.get(ADDED_MODELS_KEY)).toBeUndefined();
  });

  test('choosing a model writes the setting of its role and confirms it', async () => {
    const other = put('mine/b.gguf');
    changeSetting('models.folders', [path.join(folder, 'mine')]);
    start();
    await run('bamboo.models.useForCompletion', await rowOf(other));
    await run('bamboo.models.useForChat', await rowOf(other));
    expect(fake.settings).toMatchObject({ 'model.path': other, 'chat.model.path': other });
    expect(fake.confirmations).toEqual(['Bamboo: b serves completion now.', 'Bamboo: b serves chat now.']);
    expect((await rowOf(other))?.entry.roles).toEqual(['completion', 'chat']);
  });

  test('choosing the bundled model means nothing chosen: its path changes with every version', async () => {
    changeSetting('model.path', '/m/b.gguf');
    start();
    await run('bamboo.models.useForCompletion', await rowOf(bundled));
    expect(fake.settings['model.path']).toBeUndefined();
  });

  test('chat follows completion until it has a model of its own, the bundled one included', async () => {
    const other = put('b.gguf');
    changeSetting('model.path', other);
    start();
    expect((await rowOf(other))?.entry.roles).toEqual(['completion', 'chat']);
    await run('bamboo.models.useForChat', await rowOf(bundled));
    expect(fake.settings['chat.model.path']).toBe(bundled);
    await run('bamboo.models.useForCompletion', await rowOf(bundled));
    await run('bamboo.models.useForChat', await rowOf(bundled));
    expect(fake.settings['chat.model.path']).toBeUndefined();
  });

  test.each([
    ['is missing', undefined, 'There is no file'],
    ['is damaged', 'This is no GGUF file.', 'This is no GGUF file.'],
  ])('a model that %s is refused in words, and the setting stays', async (_, problem, sentence) => {
    const other = problem === undefined ? path.join(folder, 'gone.gguf') : put('b.gguf');
    await storage.update(ADDED_MODELS_KEY, [other]);
    if (problem !== undefined) inspect = () => Promise.resolve(modelFile({ problem }));
    start();
    await run('bamboo.models.useForCompletion', await rowOf(other));
    expect(fake.settings['model.path']).toBeUndefined();
    expect(fake.messages.join()).toContain(sentence);
  });

  test('a model that was not trained to chat is refused for chat only', async () => {
    const other = put('b.gguf');
    await storage.update(ADDED_MODELS_KEY, [other]);
    inspect = () => Promise.resolve(modelFile({ name: 'b', canChat: false }));
    start();
    await run('bamboo.models.useForChat', await rowOf(other));
    expect(fake.messages).toEqual(['b was not trained to chat. Choose a model with a chat template, such as Bamboo-DPO-7B.']);
    await run('bamboo.models.useForCompletion', await rowOf(other));
    expect(fake.settings['model.path']).toBe(other);
  });

  test('a setting that cannot be written is told', async () => {
    const other = put('b.gguf');
    await storage.update(ADDED_MODELS_KEY, [other]);
    start();
    const row = await rowOf(other);
    const broken = vi.spyOn(workspace, 'getConfiguration').mockReturnValue({
      get: () => undefined,
      inspect: () => ({ workspaceValue: undefined }),
      update: () => Promise.reject(new Error('settings.json has errors')),
    });
    await run('bamboo.models.useForCompletion', row);
    broken.mockRestore();
    expect(fake.messages).toEqual(['The choice could not be saved. Check your settings file. settings.json has errors']);
    expect(fake.confirmations).toEqual([]);
  });

  test('the pick list offers the same models, and adding one', async () => {
    const other = put('b.gguf');
    await storage.update(ADDED_MODELS_KEY, [other]);
    start();
    fake.pickLabel = '$(package) b';
    await run('bamboo.models.choose', 'chat');
    expect(fake.quickPick?.items.map(({ label }) => label)).toEqual(['$(check) bamboo-nano', '$(package) b', '$(add) Add a model file…']);
    expect(fake.settings['chat.model.path']).toBe(other);
    expect(fake.settings['model.path']).toBeUndefined();

    const third = put('c.gguf');
    fake.pickLabel = '$(add) Add a model file…';
    fake.openDialogUris = [Uri.file(third)];
    await run('bamboo.models.choose', 'completion');
    expect(fake.settings['model.path']).toBe(third);
  });

  test('from the palette the role is asked for first, and cancelling changes nothing', async () => {
    start();
    await run('bamboo.models.choose', { not: 'a role' });
    expect(fake.quickPick?.title).toBe('Choose a Model');
    await run('bamboo.models.useForChat');
    expect(fake.quickPick?.title).toBe('Model for Chat');
    expect(fake.settings).toEqual({});
  });

  test('forgetting takes a model off the list and never touches the file', async () => {
    const other = put('b.gguf');
    await storage.update(ADDED_MODELS_KEY, [other]);
    changeSetting('model.path', other);
    start();
    await run('bamboo.models.forget', await rowOf(other));
    expect(fake.messages).toEqual(['b stays in the list while it serves. Choose another model first.']);
    expect((await rowOf(other))?.entry.origin).toBe('setting');
    changeSetting('model.path', '');
    expect((await rows()).map(({ entry }) => entry.path)).toEqual([bundled]);
    expect(readFileSync(other, 'utf8')).toBe('gguf');
  });

  test('a file is shown where there is a window for it, else its path is copied', async () => {
    start();
    const row = await rowOf(bundled);
    const shown: unknown[] = [];
    fake.commands.set('revealFileInOS', (uri) => shown.push(uri));
    await run('bamboo.models.reveal', row);
    expect(shown).toMatchObject([{ fsPath: bundled }]);
    env.uiKind = UIKind.Web;
    await run('bamboo.models.reveal', row);
    expect(shown).toHaveLength(1);
    expect(fake.clipboard).toBe(bundled);
    expect(fake.messages.join()).toContain('Its path was copied');
    fake.clipboard = '';
    env.uiKind = UIKind.Desktop;
    env.remoteName = 'ssh-remote';
    await run('bamboo.models.copyPath', row);
    expect(fake.clipboard).toBe(bundled);
  });

  test('arguments that are no rows are left alone', async () => {
    start();
    for (const argument of [undefined, null, 'x', 7, {}, { kind: 'fact' }]) {
      await run('bamboo.models.forget', argument);
      await run('bamboo.models.reveal', argument);
      await run('bamboo.models.copyPath', argument);
    }
    expect(fake.clipboard).toBe('');
    expect(fake.messages).toEqual([]);
  });

  test('also in an untrusted workspace a choice is written for the user, never into the workspace', async () => {
    const other = put('b.gguf');
    await storage.update(ADDED_MODELS_KEY, [other]);
    start();
    await run('bamboo.models.useForCompletion', await rowOf(other));
    expect(fake.workspaceSettings).toEqual({});
  });
});
