// Starts and stops code-server with a profile of its own, on 127.0.0.1 only, and installs packaged extensions into it.
// Shared by `npm start`, the extension-host tests and the end-to-end tests; installing code-server is vscodeServerInstall.mjs.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from './runCommand.mjs';
import { SERVER_ENTRY, SERVER_NODE, installVscodeServer } from './vscodeServerInstall.mjs';

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 5_000;
const POLL_MS = 100; // between two looks at a server that is starting: its health page is the only sign it gives

/** A quiet editor: nothing but the workbench and the extension under test. */
const QUIET_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'chat.disableAIFeatures': true,
  'editor.inlineSuggest.enabled': true,
  'typescript.disableAutomaticTypeAcquisition': true,
  'git.openRepositoryInParentFolders': 'never',
};

/** Restricted Mode without the question that would cover the workbench. */
const RESTRICTED_SETTINGS = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
};

/**
 * options: profile (folder kept afterwards; default a temporary one), vsix (paths), settings, machineSettings (those of that scope), env, args (code-server's own), port,
 * restricted (true: folders open in Restricted Mode, as a folder that its user has not trusted yet).
 * Resolves when the workbench can be opened, with { url, authority, folder, pid, log(), stop() }.
 */
export async function startVscodeServer(options = {}) {
  const { profile, vsix = [], settings = {}, machineSettings = {}, env = {}, args = [], port, restricted = false } = options;
  await installVscodeServer();
  const folder = profile ?? (await mkdtemp(path.join(tmpdir(), 'bamboo-vscode-')));
  const trust = restricted ? RESTRICTED_SETTINGS : { 'security.workspace.trust.enabled': false };
  const common = await writeProfile(folder, { ...trust, ...settings }, machineSettings);
  const serverEnv = {
    ...process.env,
    XDG_CONFIG_HOME: path.join(folder, 'xdg'),
    XDG_DATA_HOME: path.join(folder, 'xdg'),
    EXTENSIONS_GALLERY: '{}', // no look-ups of a marketplace
    ...env,
  };
  for (const file of vsix) {
    await runCommand(SERVER_NODE, [...common, '--install-extension', file, '--force'], { env: serverEnv, echo: false });
  }
  const usedPort = port ?? (await freePort());
  const logPath = path.join(folder, 'server.log');
  const child = spawnServer(
    [...common, '--bind-addr', `127.0.0.1:${usedPort}`, ...SERVER_FLAGS, ...(restricted ? [] : ['--disable-workspace-trust']), ...args],
    serverEnv,
    logPath,
  );
  const log = () => readFileSync(logPath, 'utf8');
  const url = `http://127.0.0.1:${usedPort}`;
  try {
    await waitUntilHealthy(url, child, log);
  } catch (error) {
    await stopGroup(child);
    throw error;
  }
  const stop = async () => {
    await stopGroup(child);
    if (profile === undefined) await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  return { url, authority: `127.0.0.1:${usedPort}`, folder, pid: child.pid, log, stop, exited: child.exited };
}

const SERVER_FLAGS = [
  '--auth',
  'none',
  '--disable-telemetry',
  '--disable-update-check',
  '--disable-getting-started-override',
  '--ignore-last-opened',
];

/** Writes settings and configuration; returns the arguments that every call of code-server with this profile needs. */
async function writeProfile(folder, settings, machineSettings) {
  const user = path.join(folder, 'user');
  const extensions = path.join(folder, 'extensions');
  const config = path.join(folder, 'config.yaml');
  await mkdir(path.join(user, 'User'), { recursive: true });
  await mkdir(path.join(user, 'Machine'), { recursive: true });
  await mkdir(extensions, { recursive: true });
  await writeFile(config, 'auth: none\n'); // without --config, code-server writes into the home folder
  const settingsPath = path.join(user, 'User', 'settings.json');
  if (!existsSync(settingsPath)) await writeFile(settingsPath, JSON.stringify({ ...QUIET_SETTINGS, ...settings }, null, 2));
  const machinePath = path.join(user, 'Machine', 'settings.json');
  if (!existsSync(machinePath)) await writeFile(machinePath, JSON.stringify(machineSettings, null, 2));
  return [SERVER_ENTRY, '--config', config, '--user-data-dir', user, '--extensions-dir', extensions];
}

/** In a process group of its own, so that extension hosts and workers stop with it. */
function spawnServer(args, env, logPath) {
  const logFile = openSync(logPath, 'w');
  const child = spawn(SERVER_NODE, args, { env, stdio: ['ignore', logFile, logFile], detached: true });
  closeSync(logFile);
  child.exited = new Promise((resolve) => child.once('exit', resolve));
  // Being detached it would outlive a run that stops on an error before stop().
  const killWithUs = () => signalGroup(child, 'SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.off('exit', killWithUs));
  return child;
}

async function waitUntilHealthy(url, child, log) {
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`code-server ended while starting:\n${log()}`);
    if (Date.now() > deadline) throw new Error(`code-server did not answer within ${START_LIMIT_MS / 1000} s:\n${log()}`);
    const healthy = await fetch(`${url}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) return;
    await delay(POLL_MS);
  }
}

async function stopGroup(child) {
  signalGroup(child, 'SIGTERM');
  const timer = new AbortController();
  const late = delay(STOP_LIMIT_MS, 'late', { signal: timer.signal }).catch(() => undefined);
  if ((await Promise.race([child.exited, late])) === 'late') signalGroup(child, 'SIGKILL');
  await child.exited;
  timer.abort();
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // already gone
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
