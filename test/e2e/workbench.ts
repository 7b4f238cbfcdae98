/**
 * One VS Code for an end-to-end test: code-server with the packaged extension installed, a browser page on it, and a project to write into.
 * What a person would do in it is here (open a file, type, look at ghost text); what must hold is in the tests.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext, Frame, Locator, Page } from 'playwright-core';
import { chromiumPath } from '../../scripts/programPath.mjs';
import { REPOSITORY } from '../../scripts/repository.mjs';
import { startVscodeServer, type VscodeServer } from '../../scripts/vscodeServer.mjs';
import { openBrowser } from './browser.mjs';
import { settledText } from './settledText.mjs';
import * as workbenchPage from './workbenchPage.mjs';
import { workerPids } from './workerProcess.mjs';

const SHOTS = path.join(REPOSITORY, 'test', 'e2e', 'shots');
const WORKBENCH_LIMIT_MS = 60_000;
const GHOST_TEXT_LIMIT_MS = 30_000;
const QUIET_MS = 500;
const GHOST_TEXT = '.editor-instance .ghost-text-decoration, .editor-instance .ghost-text-decoration-preview, .editor-instance .ghost-text';

/** Only the extension under test speaks: no word lists, no brackets added by the editor. */
const SETTINGS = {
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.suggestOnTriggerCharacters': false,
  'editor.parameterHints.enabled': false,
  'editor.autoClosingBrackets': 'never',
  'files.autoSave': 'off',
  'bamboo.completion.multiline': 'never', // then the ghost text of one line is all that Tab inserts
  'bamboo.languages': { plaintext: false, markdown: false, scminput: false, json: false, jsonc: false }, // settings are opened as files
  'workbench.editor.useModal': 'off',
  'window.autoDetectColorScheme': false,
  'window.autoDetectHighContrast': false,
};

export interface WorkbenchOptions {
  readonly restricted?: boolean;
  readonly folderSettings?: Readonly<Record<string, unknown>>;
  /** Settings of machine scope, such as bamboo.model.path. */
  readonly machineSettings?: Readonly<Record<string, unknown>>;
}

export class Workbench {
  private constructor(
    readonly server: VscodeServer,
    readonly folder: string,
    private readonly browser: BrowserContext,
    readonly page: Page,
  ) {}

  /** Installs build/bamboo.vsix and opens a copy of the sample project; resolves when the workbench is drawn. */
  static async open({ restricted = false, folderSettings = {}, machineSettings = {} }: WorkbenchOptions = {}): Promise<Workbench> {
    const folder = mkdtempSync(path.join(tmpdir(), 'bamboo-e2e-'));
    cpSync(path.join(REPOSITORY, 'test', 'fixtures', 'sample-project'), folder, { recursive: true });
    mkdirSync(path.join(folder, '.vscode'));
    writeFileSync(path.join(folder, '.vscode', 'settings.json'), JSON.stringify(folderSettings));
    const vsix = [path.join(REPOSITORY, 'build', 'bamboo.vsix')];
    const server = await startVscodeServer({ vsix, settings: SETTINGS, machineSettings, restricted });
    try {
      const browser = await openBrowser(chromiumPath(), path.join(server.folder, 'chromium'));
      const page = await browser.newPage();
      await page.goto(`${server.url}/?folder=${encodeURIComponent(folder)}`);
      await page.locator('.monaco-workbench .explorer-folders-view').waitFor({ timeout: WORKBENCH_LIMIT_MS });
      return new Workbench(server, folder, browser, page);
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Opens a file of the project by its name and puts the cursor at its end. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    const input = this.page.locator('.quick-input-widget input').first();
    await input.waitFor();
    await input.fill(name);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().waitFor();
    await this.page.keyboard.press('Enter');
    await this.editor.locator('.view-lines').waitFor();
    await this.editor.click();
    await this.page.keyboard.press('Control+End');
  }

  /** The extension's status bar item, which names the product once the extension is active. */
  get statusBarItem(): Locator {
    return this.page.locator('.statusbar-item', { hasText: 'Bamboo' }).first();
  }

  /** VS Code's own sign that the folder is not trusted. */
  get restrictedModeItem(): Locator {
    return this.page.locator('.statusbar-item', { hasText: 'Restricted Mode' });
  }

  /** Types like a person: the extension sees every key. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text, { delay: 30 });
  }

  /**
   * The ghost text at the cursor, once it is there and has stayed the same for a while: while a person types,
   * each key may replace it. Spaces are ordinary ones.
   */
  async ghostText(): Promise<string> {
    const text = await this.page.evaluate(settledText, { selector: GHOST_TEXT, quietMs: QUIET_MS, limitMs: GHOST_TEXT_LIMIT_MS });
    return text.replaceAll('\u00a0', ' ').replaceAll('\u200b', '');
  }

  /** Runs a command of the palette by its whole title, e.g. "Bamboo: Restart Worker". */
  async runCommand(title: string): Promise<void> {
    await workbenchPage.runPaletteCommand(this.page, title);
  }

  /** Returns before the change has taken effect; what it changes is what to wait for. */
  async changeSettings(scope: 'user' | 'machine', changes: Readonly<Record<string, unknown>>): Promise<void> {
    await workbenchPage.changeSettings(this.page, this.server.folder, scope, changes);
  }

  async setTheme(theme: workbenchPage.ThemeName): Promise<void> {
    await this.changeSettings('user', { 'workbench.colorTheme': theme });
    await workbenchPage.themeDrawn(this.page, theme);
  }

  /** Opens the Bamboo sidebar with one of its views unfolded and the others folded: "Sparsity", "Chat" or "Models". */
  async showView(name: string): Promise<Locator> {
    await workbenchPage.showOnly(this.page, name);
    return workbenchPage.viewPane(this.page, name);
  }

  /** The document of a webview view that is shown. VS Code replaces it whenever the view is hidden and shown again. */
  async webview(viewId: workbenchPage.WebviewId): Promise<Frame> {
    return workbenchPage.webviewFrame(this.page, viewId);
  }

  /** The extension host and its worker start anew. VS Code's own command saves what extensions stored; the browser's might not. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('load');
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await this.page.locator('.monaco-workbench .activitybar').waitFor({ timeout: WORKBENCH_LIMIT_MS });
    await this.statusBarItem.waitFor({ timeout: WORKBENCH_LIMIT_MS });
  }

  /** Process ids of the workers that run. */
  get workers(): number[] {
    return workerPids(path.join(this.server.folder, 'extensions'));
  }

  async save(): Promise<void> {
    await this.page.keyboard.press('Control+S');
    await this.page.locator('.tab.dirty').waitFor({ state: 'detached' });
  }

  readFile(name: string): string {
    return readFileSync(path.join(this.folder, name), 'utf8');
  }

  async shot(name: string): Promise<void> {
    mkdirSync(SHOTS, { recursive: true });
    await this.page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
  }

  private get editor(): Locator {
    return this.page.locator('.editor-instance .monaco-editor').first();
  }
}
