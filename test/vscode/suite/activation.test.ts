/**
 * The extension starts in a real extension host: it activates, loads the bundled model in a process of its own, registers its commands.
 */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { BambooApi } from '../../../src/extension';
import { EXTENSION_ID, activateBamboo, assertServing } from './extensionUnderTest';

suite('activation', () => {
  let bamboo: BambooApi;

  suiteSetup(async () => {
    bamboo = await activateBamboo();
  });

  test('the extension is active and says that it is ready', () => {
    assert.equal(vscode.extensions.getExtension(EXTENSION_ID)?.isActive, true);
    assert.equal(bamboo.status().state, 'ready');
  });

  test('the model runs in another process than the extension host', () => {
    const pid = bamboo.workerPid();
    assert.ok(pid !== undefined && pid !== process.pid, `worker pid ${pid}, host pid ${process.pid}`);
    process.kill(pid, 0); // throws when there is no such process
  });

  test('every contributed command is registered', async () => {
    const manifest = vscode.extensions.getExtension(EXTENSION_ID)?.packageJSON as { contributes: { commands: { command: string }[] } };
    const contributed = manifest.contributes.commands.map(({ command }) => command);
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.ok(contributed.length >= 4);
    assert.deepEqual(
      contributed.filter((command) => !registered.has(command)),
      [],
    );
  });

  test('every setting has the default that the manifest promises', () => {
    const settings = vscode.workspace.getConfiguration('bamboo');
    assert.equal(settings.get('enabled'), true);
    assert.equal(settings.get('model.path'), '');
    assert.equal(settings.get('threads'), 0);
    assert.equal(settings.get('completion.maxTokens'), 64);
    assert.equal(settings.get('completion.multiline'), 'auto');
  });

  test('restarting the worker gives a new process that becomes ready', async () => {
    const before = bamboo.workerPid();
    await vscode.commands.executeCommand('bamboo.restartWorker');
    await bamboo.whenReady();
    assert.notEqual(bamboo.workerPid(), before);
    assertServing(bamboo);
  });
});
