// What a person does in a VS Code page: commands, settings, themes, the Bamboo sidebar and its views.
// Shared by the end-to-end tests and by scripts/screenshots.mjs; it starts nothing and expects nothing beyond that the page obeys.
/* global document, getComputedStyle */
import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const STEP_LIMIT_MS = 30_000;
const PALETTE_LIMIT_MS = 8_000;
const PALETTE_ATTEMPTS = 3;
const SAVE_LIMIT_MS = 5_000;
const SAVE_ATTEMPTS = 3;

/** Name of a theme as in the settings -> the class that VS Code gives its workbench. */
export const THEMES = {
  'Dark Modern': 'vs-dark',
  'Light Modern': 'vs',
  'Default High Contrast': 'hc-black',
  'Default High Contrast Light': 'hc-light',
};

/** View id -> the script of its page. VS Code gives the frames of its webviews random names, so the page itself says whose it is. */
const WEBVIEW_SCRIPTS = { 'bamboo.dashboard': 'dashboard.js', 'bamboo.chat': 'chat.js' };

/** Runs a command of the palette by its whole title, e.g. "Bamboo: Restart Worker". */
export async function runPaletteCommand(page, title) {
  const input = page.locator('.quick-input-widget input').first();
  // A part of the workbench that just takes the focus closes the palette again: then it is opened once more.
  for (let attempt = 1; ; attempt += 1) {
    await page.keyboard.press('F1');
    try {
      await input.fill(`>${title}`, { timeout: PALETTE_LIMIT_MS });
      await page.locator(`.quick-input-list .monaco-list-row[aria-label^="${title}"]`).first().click({ timeout: PALETTE_LIMIT_MS });
      return;
    } catch (error) {
      if (attempt === PALETTE_ATTEMPTS) throw error;
    }
  }
}

/**
 * Changes settings. VS Code sees no changes made on disk here, since file watching is one of the parts left out of this code-server;
 * it does see a file saved in its editor, so the changed file is opened and saved. Returns before the change has taken effect.
 * Scope 'machine' is for the settings that have it; a value of undefined removes a setting.
 */
export async function changeSettings(page, profileFolder, scope, changes) {
  const machine = scope === 'machine';
  const file = path.join(profileFolder, 'user', machine ? 'Machine' : 'User', 'settings.json');
  const settings = { ...(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}), ...changes };
  const text = JSON.stringify(settings);
  mkdirSync(path.dirname(file), { recursive: true });
  for (let attempt = 1; ; attempt += 1) {
    writeFileSync(file, text);
    utimesSync(file, 0, 0); // so that the editor's save is seen
    await runPaletteCommand(page, `Preferences: Open ${machine ? 'Remote' : 'User'} Settings (JSON)`);
    await page.locator('.tab.active', { hasText: 'settings.json' }).waitFor();
    await page.locator('.editor-instance .monaco-editor .view-line').first().click();
    await page.keyboard.press('Control+S');
    const saved = await savedWithin(page, file, SAVE_LIMIT_MS);
    await runPaletteCommand(page, 'View: Close Editor');
    // An editor that is still on its way out saves what it held before.
    if (saved && readFileSync(file, 'utf8') === text) return;
    if (attempt === SAVE_ATTEMPTS) throw new Error(`The settings ${file} could not be saved in VS Code.`);
  }
}

async function savedWithin(page, file, limitMs) {
  const deadline = Date.now() + limitMs;
  while (statSync(file).mtimeMs === 0) {
    if (Date.now() > deadline) return false;
    await page.waitForTimeout(50);
  }
  return true;
}

/** Resolves when the workbench is drawn in it. */
export async function themeDrawn(page, theme) {
  await page.locator(`.monaco-workbench.${THEMES[theme]}`).waitFor({ timeout: STEP_LIMIT_MS });
}

/** Shows the Bamboo container in the sidebar, whatever was there before. */
export async function openSidebar(page) {
  const tab = page.locator('.activitybar .action-item a[aria-label^="Bamboo"]');
  await tab.waitFor({ timeout: STEP_LIMIT_MS });
  if ((await sidebarPart(page).getAttribute('data-active-composite')) === 'workbench.view.extension.bamboo') return;
  await tab.click();
  await page.locator('.part.sidebar[data-active-composite="workbench.view.extension.bamboo"] .pane').first().waitFor();
}

/** The sidebar without the activity bar beside it. */
export function sidebarPart(page) {
  return page.locator('.part.sidebar');
}

/** The part of the sidebar that belongs to one view, by the view's name. */
export function viewPane(page, name) {
  return sidebarPart(page).locator('.pane', { has: page.locator(`.pane-header[aria-label="${name} Section"]`) });
}

/** Unfolds one view of the sidebar and folds the others, so that it has all the room. */
export async function showOnly(page, name) {
  await openSidebar(page);
  const headers = sidebarPart(page).locator('.pane-header');
  for (const header of await headers.all()) {
    // The only view of a container has no header and is always unfolded.
    if (!(await header.isVisible())) continue;
    const wanted = (await header.getAttribute('aria-label')) === `${name} Section`;
    if (((await header.getAttribute('aria-expanded')) === 'true') !== wanted) await header.click();
  }
  await viewPane(page, name).locator('.pane-body').waitFor();
}

/** The document inside a webview view: the inner one of the two frames that VS Code nests. Resolves when its script is there. */
export async function webviewFrame(page, viewId) {
  const script = WEBVIEW_SCRIPTS[viewId];
  const deadline = Date.now() + STEP_LIMIT_MS;
  for (;;) {
    for (const frame of page.frames()) {
      if (await isPageOf(frame, script)) return frame;
    }
    if (Date.now() > deadline) throw new Error(`The view ${viewId} did not appear within ${STEP_LIMIT_MS / 1000} s.`);
    await page.waitForTimeout(100); // frames come and go without an event that says whose they are
  }
}

async function isPageOf(frame, script) {
  if (frame.parentFrame() === null) return false;
  try {
    return await frame.evaluate((name) => [...document.scripts].some(({ src }) => src.endsWith(`/dist/webview/${name}`)), script);
  } catch {
    return false; // it was replaced while we looked
  }
}

/** Drags the sidebar's edge until it is this wide. */
export async function resizeSidebar(page, widthPx) {
  const box = await sidebarPart(page).boundingBox();
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width, y);
  await page.mouse.down();
  await page.mouse.move(box.x + widthPx, y, { steps: 4 });
  await page.mouse.up();
}

const require = createRequire(import.meta.url);
let axeSource;

/**
 * What axe-core finds at `selector` of a page or frame and calls serious or critical, one line each.
 * The source is evaluated, not loaded: the content security policy of the views forbids any other script.
 * `except` names rules whose findings are the editor's own and cannot be mended in an extension.
 */
export async function seriousViolations(frame, selector = 'body', except = []) {
  axeSource ??= readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
  await frame.evaluate(axeSource);
  // The page of a view lets the workbench behind it shine through, which axe-core takes for white.
  await frame.evaluate(() => {
    const root = document.documentElement;
    root.style.backgroundColor = getComputedStyle(root).getPropertyValue('--vscode-sideBar-background');
  });
  const { violations } = await frame.evaluate((within) => globalThis.axe.run(within, { resultTypes: ['violations'] }), selector);
  await frame.evaluate(() => document.documentElement.style.removeProperty('background-color'));
  return violations
    .filter(({ id, impact }) => (impact === 'serious' || impact === 'critical') && !except.includes(id))
    .flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
}
