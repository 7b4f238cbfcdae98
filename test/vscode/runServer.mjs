#!/usr/bin/env node
// Runs the Mocha suites inside the extension host of code-server: a real workbench in headless Chromium, the extension from dist/.
// The packaged .vsix is what test/e2e/ installs; here the extension is loaded from the working tree.
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromiumPath } from '../../scripts/programPath.mjs';
import { REPOSITORY } from '../../scripts/repository.mjs';
import { readCounts, writeCounts } from '../../scripts/testCounts.mjs';
import { startVscodeServer } from '../../scripts/vscodeServer.mjs';
import { openBrowser } from '../e2e/browser.mjs';
import { bundleSuites } from './bundleSuites.mjs';
import { copySampleProject } from './workspaceCopy.mjs';

const LIMIT_MS = 300_000;

/**
 * The workbench's own log reaches the page through the same hook as the extension host's console.
 * "Model is disposed" is the workbench still booking an accepted suggestion when a test has closed the editor.
 */
const WORKBENCH_NOISE =
  /^(Resolv|Creating a socket|Ignoring fetching|Updating additional|Model is disposed|\[(reconnection|Service Worker|AgentHost|AccountPolicy))/;

const entry = await bundleSuites();
const workspace = copySampleProject();
// A built VS Code heeds extensionTestsPath in the address only with the smoke-test driver switched on.
const server = await startVscodeServer({ args: ['--vscode-option', 'enable-smoke-test-driver'] });
const results = path.join(server.folder, 'results.json');
const browser = await openBrowser(chromiumPath(), path.join(server.folder, 'chromium'));
const timer = new AbortController();
let outcome;
try {
  outcome = await Promise.race([runSuites(browser), delay(LIMIT_MS, 'no answer in time', { signal: timer.signal })]);
} finally {
  timer.abort();
  await browser.close();
}
const counts = existsSync(results) ? readCounts(results) : undefined;
if (counts === undefined || typeof outcome !== 'number') console.error(`The extension host said: ${outcome}\n${server.log().slice(-3000)}`);
await server.stop();
rmSync(workspace, { recursive: true, force: true });

if (counts !== undefined) {
  writeCounts(counts);
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
}
process.exitCode = outcome === 0 && counts !== undefined && counts.failed === 0 && counts.passed > 0 ? 0 : 1;

/** Opens the workbench; resolves with the exit code that the extension host reports. */
async function runSuites(context) {
  const page = await context.newPage();
  const { promise: ended, resolve: end } = deferred();
  page.on('crash', () => end('the page crashed'));
  await page.exposeFunction('codeAutomationLog', (type, args) => {
    if (WORKBENCH_NOISE.test(String(args[0]))) return;
    console[type === 'error' ? 'error' : 'log'](...args); // Mocha's messages carry %s and %d
  });
  await page.exposeFunction('codeAutomationExit', (code) => end(code));
  const remote = (file) => `vscode-remote://${server.authority}${file}`;
  const payload = JSON.stringify([
    ['extensionDevelopmentPath', remote(REPOSITORY)],
    ['extensionTestsPath', remote(entry)],
    ['extensionEnvironment', JSON.stringify({ BAMBOO_TEST_COUNTS: results })],
    ['skipWelcome', 'true'],
  ]);
  await page.goto(`${server.url}/?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(payload)}`);
  return ended;
}

/** Promise.withResolvers, which Node 20 lacks. */
function deferred() {
  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
}
