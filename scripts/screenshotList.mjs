// The pictures of docs/screenshots: a name each, and the steps that bring VS Code there as a user or a mishap would.
// Steps take the session of screenshots.mjs. They are carried out in the order of the list in one VS Code, so each shot that breaks
// something mends it afterwards.
import { cpSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { changeSettings, runPaletteCommand, showOnly, viewPane, webviewFrame } from '../test/e2e/workbenchPage.mjs';
import { workerPids } from '../test/e2e/workerProcess.mjs';
import { REPOSITORY } from './repository.mjs';

const BUNDLED = path.join(REPOSITORY, 'models', 'bamboo-nano');
const LIMIT_MS = 90_000;
const POLL_MS = 5; // a worker that starts is to be caught before it has loaded its model
const NARROW_PX = 200;

const show = (name) => (session) => showOnly(session.page, name);
const run = (title) => (session) => runPaletteCommand(session.page, title);
const setMachine = (changes) => (session) => changeSettings(session.page, session.profileFolder, 'machine', changes);

/** A row of the models view that contains this text. */
const row = (text) => async (session) =>
  viewPane(session.page, 'Models').locator('[role="treeitem"]', { hasText: text }).first().waitFor({ timeout: LIMIT_MS });

const unfold = (text) => (session) =>
  viewPane(session.page, 'Models').locator('[role="treeitem"][aria-level="1"]', { hasText: text }).click();

/** Text inside a webview view. */
const reads = (viewId, text) => async (session) => {
  const frame = await webviewFrame(session.page, viewId);
  await frame.getByText(text).first().waitFor({ timeout: LIMIT_MS });
};

const press = (viewId, name) => async (session) => {
  const frame = await webviewFrame(session.page, viewId);
  await frame.getByRole('button', { name }).first().click();
};

/** Opens a file of the sample and types a line at its end; the suggestion is left as it is shown. */
const suggestionFor = (line) => async (session) => {
  const { page } = session;
  await page.keyboard.press('Control+P');
  await page.locator('.quick-input-widget input').first().fill('cart.ts');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'cart.ts' }).first().click();
  await page.locator('.editor-instance .monaco-editor .view-line').first().click();
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Enter');
  // The same line twice would be a repetition, for which nothing is suggested.
  session.lines = (session.lines ?? 0) + 1;
  const name = session.lines > LINES.length ? `${session.lines} =` : ' =';
  await page.keyboard.type(line.replace(' =', name), { delay: 30 });
  await page.locator('.editor-instance .ghost-text-decoration, .editor-instance .ghost-text').first().waitFor({ timeout: LIMIT_MS });
};

const LINES = [
  'export const hasLines = (lines: CartLine[]): boolean => lines.',
  'export const isEmpty = (lines: CartLine[]): boolean => lines.',
  'export const names = (lines: CartLine[]): string[] => lines.',
  'export const lineCount = (lines: CartLine[]): number => lines.',
];

const suggestions = LINES.map(suggestionFor);

const write = (question) => async (session) => {
  const frame = await webviewFrame(session.page, 'bamboo.chat');
  const box = frame.getByRole('textbox', { name: 'Question' });
  await box.fill(question);
  await box.press('Enter');
};

const ask = (question) => async (session) => {
  await write(question)(session);
  const frame = await webviewFrame(session.page, 'bamboo.chat');
  const stop = frame.getByRole('button', { name: /^Stop/ });
  await stop.waitFor({ timeout: LIMIT_MS });
  await stop.waitFor({ state: 'detached', timeout: LIMIT_MS });
};

const QUESTIONS = [
  'Write a function that reverses a string',
  'Write a function that checks whether a number is prime',
  'Write a class for a stack with push and pop',
  'Write a function that counts the words of a text',
  'Write a function that sums the squares of a list',
];

/** Kills the worker and waits for the next one. */
const killWorker = async ({ page, extensionsFolder }) => {
  const killed = workerPids(extensionsFolder);
  for (const pid of killed) process.kill(pid, 'SIGKILL');
  await anotherWorker(page, extensionsFolder, killed);
};

/** Restarts the worker and halts it while it starts, so that loading lasts as long as the picture takes. */
const haltWhileLoading = async (session) => {
  const { page, extensionsFolder } = session;
  const before = workerPids(extensionsFolder);
  await runPaletteCommand(page, 'Bamboo: Restart Worker');
  session.halted = await anotherWorker(page, extensionsFolder, before);
  process.kill(session.halted, 'SIGSTOP');
};

const goOnLoading = ({ halted }) => process.kill(halted, 'SIGCONT');

async function anotherWorker(page, extensionsFolder, known) {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const found = workerPids(extensionsFolder).find((pid) => !known.includes(pid));
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error('No new worker was started.');
    await page.waitForTimeout(POLL_MS);
  }
}

const bundledModel = (extensionsFolder) => {
  const installed = readdirSync(extensionsFolder).find((name) => name.startsWith('bamboo-completion.bamboo-'));
  return path.join(extensionsFolder, installed, 'models', 'bamboo-nano', 'bamboo-nano.gguf');
};

/** A package that lost its model. */
const loseModel = async (session) => {
  const file = bundledModel(session.extensionsFolder);
  renameSync(file, `${file}.away`);
  await runPaletteCommand(session.page, 'Bamboo: Restart Worker');
  await runPaletteCommand(session.page, 'Bamboo: Refresh Models');
};

const bringModelBack = async (session) => {
  const file = bundledModel(session.extensionsFolder);
  renameSync(`${file}.away`, file);
  await runPaletteCommand(session.page, 'Bamboo: Restart Worker');
  await runPaletteCommand(session.page, 'Bamboo: Refresh Models');
};

/** Two more files in the named folder: a model, and a text that calls itself one. */
const putModels = ({ models }) => {
  cpSync(path.join(BUNDLED, 'tokenizer.json'), path.join(models, 'tokenizer.json'));
  symlinkSync(path.join(BUNDLED, 'bamboo-nano.gguf'), path.join(models, 'my-tuned-nano.gguf'));
  writeFileSync(path.join(models, 'unfinished-download.gguf'), 'GGUF');
};

const GONE = { 'bamboo.model.path': '/home/me/models/bamboo-7b.gguf' };
const BUNDLED_AGAIN = { 'bamboo.model.path': undefined };

const DASHBOARD = ['bamboo.dashboard'];
const CHAT = ['bamboo.chat'];
const MODELS = ['bamboo.models'];

/**
 * name; views that it needs; widthPx of the sidebar (default 400); part: selector of what to crop to (default the sidebar);
 * steps before the picture, and afterwards whether it was taken or not.
 */
export const SHOTS = [
  {
    name: 'sparsity-loading',
    views: DASHBOARD,
    steps: [show('Sparsity'), haltWhileLoading, reads('bamboo.dashboard', 'Loading the model')],
    afterwards: [goOnLoading],
  },
  { name: 'sparsity-empty', views: DASHBOARD, steps: [show('Sparsity'), reads('bamboo.dashboard', 'Nothing measured yet')] },
  { name: 'sparsity-sparse', views: DASHBOARD, steps: [show('Sparsity'), ...suggestions, reads('bamboo.dashboard', 'tokens/s')] },
  {
    name: 'sparsity-compared',
    views: DASHBOARD,
    steps: [
      show('Sparsity'),
      press('bamboo.dashboard', 'Compare now'),
      reads('bamboo.dashboard', /(faster|slower) than dense on this machine/),
    ],
  },
  {
    name: 'sparsity-strip',
    views: DASHBOARD,
    steps: [show('Sparsity'), press('bamboo.dashboard', /^Engine/), press('bamboo.dashboard', /^Latency/)],
    afterwards: [press('bamboo.dashboard', /^Engine/), press('bamboo.dashboard', /^Latency/)],
  },
  { name: 'sparsity-narrow', views: DASHBOARD, widthPx: NARROW_PX, steps: [show('Sparsity')] },
  {
    name: 'sparsity-dense',
    views: DASHBOARD,
    steps: [setMachine({ 'bamboo.mode': 'dense' }), ...suggestions, show('Sparsity')],
    afterwards: [setMachine({ 'bamboo.mode': undefined })],
  },
  { name: 'sparsity-restarted', views: DASHBOARD, steps: [show('Sparsity'), killWorker, reads('bamboo.dashboard', '1 restart')] },
  {
    name: 'sparsity-error',
    views: DASHBOARD,
    steps: [show('Sparsity'), setMachine(GONE), reads('bamboo.dashboard', 'Failed')],
    afterwards: [setMachine(BUNDLED_AGAIN)],
  },
  {
    name: 'sparsity-no-model',
    views: DASHBOARD,
    steps: [show('Sparsity'), loseModel, reads('bamboo.dashboard', 'Failed')],
    afterwards: [bringModelBack],
  },
  { name: 'chat-empty', views: CHAT, steps: [show('Chat'), reads('bamboo.chat', 'Ask about your code')] },
  { name: 'chat-answer', views: CHAT, steps: [show('Chat'), ask(QUESTIONS[0])] },
  { name: 'chat-long', views: CHAT, steps: [show('Chat'), ...QUESTIONS.slice(1).map(ask)] },
  { name: 'chat-narrow', views: CHAT, widthPx: NARROW_PX, steps: [show('Chat')] },
  {
    name: 'chat-error',
    views: CHAT,
    steps: [
      show('Chat'),
      setMachine({ 'bamboo.chat.model.path': GONE['bamboo.model.path'] }),
      write(QUESTIONS[1]),
      reads('bamboo.chat', 'there is no such file'),
    ],
    afterwards: [setMachine({ 'bamboo.chat.model.path': undefined })],
  },
  {
    name: 'models-bundled',
    views: MODELS,
    steps: [show('Models'), row('bamboo-nano'), unfold('bamboo-nano'), row('Path')],
    afterwards: [unfold('bamboo-nano')],
  },
  { name: 'models', views: MODELS, steps: [putModels, show('Models'), run('Bamboo: Refresh Models'), row('my-tuned-nano')] },
  { name: 'models-narrow', views: MODELS, widthPx: NARROW_PX, steps: [show('Models'), row('my-tuned-nano')] },
  {
    name: 'models-missing',
    views: MODELS,
    steps: [show('Models'), setMachine(GONE), row('Problem')],
    afterwards: [setMachine(BUNDLED_AGAIN)],
  },
  {
    name: 'models-empty',
    views: MODELS,
    steps: [
      show('Models'),
      setMachine({ 'bamboo.models.folders': [] }),
      loseModel,
      (session) => session.page.getByText('No model was found').waitFor(),
    ],
    afterwards: [bringModelBack],
  },
  { name: 'completion', part: '.editor-instance', steps: [suggestionFor(LINES[0])] },
];
