/**
 * The models view as a person uses it: what is listed, choosing, adding and forgetting, by mouse, by keyboard and for screen readers.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REPOSITORY } from '../../scripts/repository.mjs';
import { Workbench } from './workbench';
import { seriousViolations, THEMES, type ThemeName } from './workbenchPage.mjs';

const BUNDLED = path.join(REPOSITORY, 'models', 'bamboo-nano');
const LIMIT_MS = 60_000;
const MENU_LIMIT_MS = 5_000;
const MENU_ATTEMPTS = 3;
/** VS Code puts the label and the description of a tree row side by side with no space between: no spoken name contains that. */
const EDITORS_OWN = ['label-content-name-mismatch'];

describe('the models view', () => {
  let folder: string;
  let second: string;
  let workbench: Workbench;
  let view: Locator;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'bamboo-e2e-models-'));
    second = modelIn('named', 'second');
    writeFileSync(path.join(folder, 'named', 'broken.gguf'), 'This is a text.');
    workbench = await Workbench.open({ machineSettings: { 'bamboo.models.folders': [path.join(folder, 'named')] } });
    await workbench.statusBarItem.waitFor({ timeout: LIMIT_MS });
    view = await workbench.showView('Models');
  });
  afterAll(async () => {
    await workbench.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The bundled model under another name and in another place. */
  function modelIn(subfolder: string, name: string): string {
    const modelFolder = path.join(folder, subfolder);
    mkdirSync(modelFolder, { recursive: true });
    symlinkSync(path.join(BUNDLED, 'tokenizer.json'), path.join(modelFolder, 'tokenizer.json'));
    const modelPath = path.join(modelFolder, `${name}.gguf`);
    symlinkSync(path.join(BUNDLED, 'bamboo-nano.gguf'), modelPath);
    return modelPath;
  }

  /** The row of a file, by the end of its spoken name: the name in the file may be any. */
  const row = (file: string): Locator => view.locator(`[role="treeitem"][aria-level="1"][aria-label*="File ${file}"]`);
  const description = (file: string): Locator => row(file).locator('.label-description');
  const fact = (spoken: string): Locator => view.locator(`[role="treeitem"][aria-level="2"][aria-label^="${spoken}"]`);
  const machineSettings = (): Record<string, unknown> =>
    JSON.parse(readFileSync(path.join(workbench.server.folder, 'user', 'Machine', 'settings.json'), 'utf8')) as Record<string, unknown>;

  /** Picks from a list by its title: another list, on its way out, may hold a row of that name too. */
  async function choose(title: string, label: string): Promise<void> {
    await workbench.page.locator('.quick-input-title', { hasText: new RegExp(`^${title}$`) }).waitFor();
    await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first().click();
  }

  /** By the row's menu. A tree that is drawn anew meanwhile loses the row that a menu is open for: then once more. */
  async function forget(file: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      await row(file).click({ button: 'right' });
      await workbench.page.getByRole('menuitem', { name: 'Remove from List (Keeps the File)' }).hover();
      await workbench.page.keyboard.press('Enter');
      try {
        await row(file).waitFor({ state: 'detached', timeout: MENU_LIMIT_MS });
        return;
      } catch (error) {
        if (attempt === MENU_ATTEMPTS) throw error;
      }
    }
  }

  test('lists the bundled model, which serves, and the files of the named folder', async () => {
    await description('bamboo-nano.gguf').waitFor({ timeout: LIMIT_MS });
    expect(await description('bamboo-nano.gguf').textContent()).toContain('completion · chat · bundled · 85 MB');
    await expect.poll(() => description('bamboo-nano.gguf').textContent(), { timeout: LIMIT_MS }).toContain('85 MB · Q5_0 · dReLU');
    await expect.poll(() => description('second.gguf').textContent(), { timeout: LIMIT_MS }).toContain('85 MB · Q5_0 · dReLU');
    await expect.poll(() => description('broken.gguf').textContent(), { timeout: LIMIT_MS }).toContain('cannot be loaded · 15 B');
    await workbench.shot('models-1-listed');
  });

  test('a model unfolds into its facts', async () => {
    await row('bamboo-nano.gguf').click();
    await fact('Size: 85 MB').waitFor();
    await fact('Quantization: Q5_0').waitFor();
    await fact('Neurons: dReLU, with predictors').waitFor();
    await row('bamboo-nano.gguf').click();
    await view.locator('[role="treeitem"][aria-level="2"]').first().waitFor({ state: 'detached' });
  });

  test('a file that is no model unfolds into its problem', async () => {
    await row('broken.gguf').click();
    await fact('Problem: ').waitFor();
    expect(await fact('Problem: ').getAttribute('aria-label')).toMatch(/GGUF/);
    await row('broken.gguf').click();
    await view.locator('[role="treeitem"][aria-level="2"]').first().waitFor({ state: 'detached' });
  });

  test('its button makes a model serve completion: the next ghost text is from it', async () => {
    const before = workbench.workers;
    await row('second.gguf').hover();
    await row('second.gguf').getByRole('button', { name: 'Use Model for Completion' }).click();
    await expect.poll(() => description('second.gguf').textContent(), { timeout: LIMIT_MS }).toMatch(/^completion · /);
    expect(await description('bamboo-nano.gguf').textContent()).toMatch(/^bundled/);
    expect(machineSettings()['bamboo.model.path']).toBe(second);
    await expect.poll(() => workbench.workers.filter((pid) => !before.includes(pid)).length, { timeout: LIMIT_MS }).toBe(1);
    await workbench.openFile('cart.ts');
    await workbench.type('export const hasLines = (lines: CartLine[]): boolean => lines.');
    expect(await workbench.ghostText()).not.toBe('');
    await workbench.page.keyboard.press('Escape');
    await workbench.shot('models-2-second-serves');
  });

  test('the palette leads back to the bundled model', async () => {
    await workbench.runCommand('Bamboo: Choose a Model...');
    await choose('Choose a Model', 'Model for completion');
    await choose('Model for Completion', 'bundled');
    await expect.poll(() => description('bamboo-nano.gguf').textContent(), { timeout: LIMIT_MS }).toMatch(/^completion · /);
    expect(machineSettings()).not.toHaveProperty(['bamboo.model.path']);
  });

  test('an added file stays listed over a reload, until it is forgotten; the file is never touched', async () => {
    const added = modelIn('elsewhere', 'added');
    await view.hover();
    await workbench.page.getByRole('button', { name: 'Add Model Files...' }).first().click();
    const dialog = workbench.page.locator('.quick-input-widget input').first();
    await dialog.waitFor();
    await dialog.fill(added);
    await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'added.gguf' }).click();
    await row('added.gguf').waitFor({ timeout: LIMIT_MS });

    await workbench.reload();
    view = await workbench.showView('Models');
    await row('added.gguf').waitFor({ timeout: LIMIT_MS });

    await forget('added.gguf');
    expect(existsSync(added)).toBe(true);
  });

  test('keyboard alone reaches a model, its facts and what can be done with it', async () => {
    const { keyboard } = workbench.page;
    await workbench.runCommand('Bamboo: Focus on Models View');
    await keyboard.press('Home');
    await keyboard.press('ArrowRight');
    await view.locator('[role="treeitem"][aria-level="2"]').first().waitFor();
    await keyboard.press('ArrowLeft');
    await keyboard.press('End');
    await keyboard.press('Shift+F10');
    const items = workbench.page.locator('.context-view [role="menuitem"]');
    await items.first().waitFor();
    const names = await items.allTextContents();
    expect(names).toEqual(['Use Model for Completion', 'Use Model for Chat', 'Show File', 'Copy Path']);
    await keyboard.press('Escape');
  });

  test('a model that is gone says so, and what to do', async () => {
    const gone = path.join(folder, 'gone.gguf');
    await workbench.changeSettings('machine', { 'bamboo.model.path': gone });
    await expect.poll(() => description('gone.gguf').textContent(), { timeout: LIMIT_MS }).toContain('missing');
    await fact('Problem: There is no file').waitFor();
    await workbench.shot('models-3-missing');
  });

  test.each(Object.keys(THEMES) as ThemeName[])('axe finds no serious violation in %s', async (theme) => {
    await workbench.setTheme(theme);
    await workbench.shot(`models-theme-${THEMES[theme]}`);
    expect(await seriousViolations(workbench.page, '.part.sidebar .pane-body', EDITORS_OWN)).toEqual([]);
  });
});
