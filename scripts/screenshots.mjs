#!/usr/bin/env node
// `npm run screenshots`: takes the pictures of docs/screenshots in a real VS Code (code-server) on the sample project.
//   npm run screenshots -- --only models,models-empty   takes some
//   npm run screenshots -- --themes dark                in some themes
// Needs what `npm run build` makes. What to take, and how to get there, is the list in screenshotList.mjs; nothing in a picture is made up.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser } from '../test/e2e/browser.mjs';
import { openSidebar, resizeSidebar, sidebarPart } from '../test/e2e/workbenchPage.mjs';
import { runScript } from './buildAll.mjs';
import { chromiumPath } from './programPath.mjs';
import { REPOSITORY } from './repository.mjs';
import { SAMPLE_PROJECT } from './samplePlace.mjs';
import { SHOTS } from './screenshotList.mjs';
import { startVscodeServer } from './vscodeServer.mjs';

const PICTURES = path.join(REPOSITORY, 'docs', 'screenshots');
const THEME_OF = { dark: 'Dark Modern', light: 'Light Modern', 'high-contrast': 'Default High Contrast' };
const MAX_PICTURE_BYTES = 200_000;
const WINDOW = { width: 1280, height: 940 };
const SIDEBAR_WIDTH_PX = 400;
/** Drawings follow their data at most four times a second, and the theme's colours fade in. */
const SETTLE_MS = 1000;

const { values } = parseArgs({ options: { only: { type: 'string' }, themes: { type: 'string' } } });
const shots = chosen(SHOTS, values.only, ({ name }) => name);
const themes = chosen(Object.keys(THEME_OF), values.themes, (name) => name);
const manifest = JSON.parse(readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8'));
const views = new Set(manifest.contributes.views.bamboo.map(({ id }) => id));

await runScript('packageVsix.mjs');
mkdirSync(PICTURES, { recursive: true });
let failed = 0;
for (const theme of themes) failed += await takeAll(theme);
process.exitCode = failed === 0 ? 0 : 1;

/** One VS Code a theme: what one shot did to the engine, the next one finds, so the list's order counts. Returns how many failed. */
async function takeAll(theme) {
  const session = await openSession(theme);
  let failures = 0;
  try {
    for (const shot of shots) {
      const missing = (shot.views ?? []).filter((view) => !views.has(view));
      if (missing.length > 0) {
        console.log(`skipped ${shot.name}-${theme}: there is no view ${missing.join(', ')}`);
        continue;
      }
      try {
        await take(session, shot, path.join(PICTURES, `${shot.name}-${theme}.png`));
      } catch (error) {
        failures += 1;
        console.error(`failed ${shot.name}-${theme}: ${error.message}`);
        await session.page.screenshot({ path: path.join(tmpdir(), `bamboo-failed-${shot.name}-${theme}.png`) });
      }
    }
  } finally {
    await session.close();
  }
  return failures;
}

async function take(session, shot, file) {
  const { page } = session;
  try {
    await resizeSidebar(page, shot.widthPx ?? SIDEBAR_WIDTH_PX);
    for (const step of shot.steps) await step(session);
    await page.mouse.move(WINDOW.width - 200, WINDOW.height / 2); // away from everything that shows a tooltip
    await page.waitForTimeout(SETTLE_MS);
    const part = shot.part === undefined ? sidebarPart(page) : page.locator(shot.part).first();
    const picture = await part.screenshot({ animations: 'disabled' });
    if (picture.length > MAX_PICTURE_BYTES) throw new Error(`${picture.length} bytes are more than the ${MAX_PICTURE_BYTES} allowed`);
    writeFileSync(file, picture);
    console.log(`${path.relative(REPOSITORY, file)}: ${(picture.length / 1000).toFixed(0)} kB`);
  } finally {
    for (const step of shot.afterwards ?? []) await step(session);
  }
}

async function openSession(theme) {
  const folder = mkdtempSync(path.join(tmpdir(), 'bamboo-screenshots-'));
  const project = path.join(folder, 'shop');
  cpSync(SAMPLE_PROJECT, project, { recursive: true });
  const models = path.join(folder, 'models');
  mkdirSync(models);
  const server = await startVscodeServer({
    vsix: [path.join(REPOSITORY, 'build', 'bamboo.vsix')],
    settings: {
      'workbench.colorTheme': THEME_OF[theme],
      'window.autoDetectColorScheme': false,
      'window.autoDetectHighContrast': false,
      'workbench.editor.useModal': 'off',
      'editor.minimap.enabled': false,
      'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
      'editor.suggestOnTriggerCharacters': false,
      'editor.parameterHints.enabled': false,
      'editor.autoClosingBrackets': 'never',
      'bamboo.languages': { plaintext: false, markdown: false, scminput: false, json: false, jsonc: false },
    },
    machineSettings: { 'bamboo.models.folders': [models] },
  });
  const browser = await openBrowser(chromiumPath(), path.join(server.folder, 'chromium'));
  const page = await browser.newPage();
  await page.setViewportSize(WINDOW);
  await page.goto(`${server.url}/?folder=${encodeURIComponent(project)}`);
  await page.locator('.statusbar-item', { hasText: 'Bamboo' }).first().waitFor({ timeout: 60_000 });
  await openSidebar(page);
  const close = async () => {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { page, profileFolder: server.folder, extensionsFolder: path.join(server.folder, 'extensions'), project, models, close };
}

function chosen(all, names, nameOf) {
  if (names === undefined) return all;
  const wanted = names.split(',');
  const unknown = wanted.filter((name) => !all.some((each) => nameOf(each) === name));
  if (unknown.length > 0) throw new Error(`There is no "${unknown.join('", "')}"; there are: ${all.map(nameOf).join(', ')}.`);
  return all.filter((each) => wanted.includes(nameOf(each)));
}
