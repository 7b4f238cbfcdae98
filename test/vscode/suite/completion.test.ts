/**
 * Ghost text from the real bundled model: shown and accepted where it should be, absent where the user switched it off.
 */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { BambooApi } from '../../../src/extension';
import { activateBamboo } from './extensionUnderTest';
import { acceptGhostText, closeAllEditors, openDocument } from './ghostText';

/** Code whose next word any code model knows. */
const PREFIX = `export function sumOfQuantities(items: { quantity: number }[]): number {
  let total = 0;
  for (const item of items) {
    total += item.quantity;
  }
  return `;
const SUFFIX = '\n}\n';

suite('completion', () => {
  let bamboo: BambooApi;

  suiteSetup(async () => {
    bamboo = await activateBamboo();
  });
  teardown(closeAllEditors);

  test('ghost text in a TypeScript document is shown and accepted', async () => {
    const opened = await openDocument('typescript', PREFIX, SUFFIX);
    const inserted = await acceptGhostText(opened);
    assert.match(inserted, /^total\b/);
    assert.equal(opened.document.getText(), PREFIX + inserted + SUFFIX);
  });

  test('a language that is switched off gets no ghost text, and the status says why', async () => {
    const opened = await openDocument('markdown', PREFIX, SUFFIX);
    assert.equal(await acceptGhostText(opened), '');
    assert.equal(bamboo.status().state, 'disabled-language');
  });

  test('a language that the user switches off gets none, and gets it again when it is switched on', async () => {
    const settings = vscode.workspace.getConfiguration('bamboo');
    await settings.update('languages', { typescript: false }, vscode.ConfigurationTarget.Workspace);
    try {
      assert.equal(await acceptGhostText(await openDocument('typescript', PREFIX, SUFFIX)), '');
    } finally {
      await settings.update('languages', undefined, vscode.ConfigurationTarget.Workspace);
    }
    assert.notEqual(await acceptGhostText(await openDocument('typescript', PREFIX, SUFFIX)), '');
  });

  test('the toggle command switches completions off and on', async () => {
    await vscode.commands.executeCommand('bamboo.toggle');
    try {
      assert.equal(await acceptGhostText(await openDocument('typescript', PREFIX, SUFFIX)), '');
    } finally {
      await vscode.commands.executeCommand('bamboo.toggle');
    }
    assert.notEqual(await acceptGhostText(await openDocument('typescript', PREFIX, SUFFIX)), '');
  });

  test('one-line mode never inserts a line break', async () => {
    const settings = vscode.workspace.getConfiguration('bamboo');
    await settings.update('completion.multiline', 'never', vscode.ConfigurationTarget.Workspace);
    try {
      const inserted = await acceptGhostText(
        await openDocument('typescript', 'export function sortNumbers(values: number[]): number[] {\n  '),
      );
      assert.ok(!/[\r\n]/.test(inserted), JSON.stringify(inserted));
    } finally {
      await settings.update('completion.multiline', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });
});
