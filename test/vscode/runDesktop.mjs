#!/usr/bin/env node
// Runs the same Mocha suites in desktop VS Code: the one named in BAMBOO_VSCODE, or the one whose `code` is on the PATH.
// Where there is none it says so and counts an explicit skip: nothing is downloaded.
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { programPath } from '../../scripts/programPath.mjs';
import { REPOSITORY } from '../../scripts/repository.mjs';
import { readCounts, writeCounts } from '../../scripts/testCounts.mjs';
import { bundleSuites } from './bundleSuites.mjs';
import { copySampleProject } from './workspaceCopy.mjs';

const executable = process.env.BAMBOO_VSCODE ?? desktopExecutable();
const reason = whyNot(executable);
if (reason !== undefined) {
  writeCounts({ passed: 0, failed: 0, skipped: [{ name: 'suites in desktop VS Code', reason }] });
  console.log(`skipped: ${reason}`);
  process.exit(0);
}

const profile = mkdtempSync(path.join(tmpdir(), 'bamboo-desktop-'));
const workspace = copySampleProject();
const results = path.join(profile, 'results.json');
let exitCode = 1;
try {
  exitCode = await runTests({
    vscodeExecutablePath: executable,
    extensionDevelopmentPath: REPOSITORY,
    extensionTestsPath: await bundleSuites(),
    extensionTestsEnv: { BAMBOO_TEST_COUNTS: results },
    launchArgs: [workspace, '--disable-extensions', '--disable-workspace-trust', `--user-data-dir=${profile}`, ...sandboxArgs()],
  });
} catch (error) {
  console.error(error.message);
}
const counts = existsSync(results) ? readCounts(results) : undefined;
if (counts !== undefined) {
  writeCounts(counts);
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
}
for (const folder of [profile, workspace]) rmSync(folder, { recursive: true, force: true });
process.exitCode = exitCode === 0 && counts !== undefined && counts.failed === 0 && counts.passed > 0 ? 0 : 1;

/** The `code` command is a shell script at <VS Code>/bin/code; the program itself lies one folder up. */
function desktopExecutable() {
  const command = programPath('code');
  if (command === undefined) return undefined;
  const home = path.join(path.dirname(realpathSync(command)), '..');
  return [path.join(home, 'code'), path.join(home, '..', '..', '..', 'MacOS', 'Electron')].find(existsSync);
}

function whyNot(program) {
  if (program === undefined) return 'no desktop VS Code: neither BAMBOO_VSCODE nor `code` on the PATH';
  const needsDisplay = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
  return needsDisplay ? 'no display: run it as `xvfb-run -a npm run test:desktop`' : undefined;
}

/** Chromium's sandbox refuses to run as root. */
function sandboxArgs() {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}
