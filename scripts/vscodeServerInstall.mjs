// Installs code-server (VS Code's own workbench and extension host, served to a browser) once into the user's cache folder.
// Used by `npm start` where desktop VS Code is absent, and by the tests that need a real VS Code. It starts nothing.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { runCommand } from './runCommand.mjs';

const CODE_SERVER_VERSION = '4.139.1'; // Code-OSS 1.139.1
const SERVER_NODE_VERSION = '24.21.0'; // code-server runs on Node 24 only; its npm package brings binary and headers
const SERVER_NODE_PACKAGE = `node-linux-${process.arch}`;

const CACHE = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'bamboo');
/** Everything of one version lies in one folder, so a new version never mixes with an old one. */
const INSTALLED = path.join(CACHE, `code-server-${CODE_SERVER_VERSION}-node-${SERVER_NODE_VERSION}`);

export const SERVER_NODE = path.join(INSTALLED, 'node_modules', SERVER_NODE_PACKAGE, 'bin', 'node');
export const SERVER_ENTRY = path.join(INSTALLED, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
/** Where `npm start` keeps the settings of its VS Code between runs. */
export const START_PROFILE = path.join(CACHE, 'start-profile');

/** Makes sure that code-server is there; about 90 s the first time, nothing afterwards. */
export async function installVscodeServer() {
  if (process.platform !== 'linux') {
    throw new Error('code-server is installed on Linux only. Install VS Code and put its command `code` on the PATH.');
  }
  if (existsSync(INSTALLED)) return;
  console.log(`Installing code-server ${CODE_SERVER_VERSION} into ${INSTALLED} (once, 1 to 2 minutes) …`);
  const unfinished = `${INSTALLED}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await installLean(unfinished);
  await rename(unfinished, INSTALLED);
}

/**
 * Of the native modules only the extension host's own two (logger, watchdog) are compiled: the tests and a first look need no terminal,
 * no sqlite and no Kerberos, which cost two more minutes and system headers.
 */
async function installLean(folder) {
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ name: 'vscode-server', private: true }));
  const nodeHome = path.join(folder, 'node_modules', SERVER_NODE_PACKAGE);
  const vscode = path.join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  const env = {
    ...process.env,
    PATH: `${path.join(nodeHome, 'bin')}${path.delimiter}${process.env.PATH}`,
    npm_config_nodedir: nodeHome,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_loglevel: 'error',
  };
  const npm = (cwd, ...args) => runCommand('npm', args, { cwd, env });
  // Installed apart and first: every later npm runs on this Node, and a second `npm install` without both names would prune it.
  const serverNode = `${SERVER_NODE_PACKAGE}@${SERVER_NODE_VERSION}`;
  await npm(folder, 'install', '--no-save', '--ignore-scripts', serverNode);
  await npm(folder, 'install', '--no-save', '--ignore-scripts', serverNode, `code-server@${CODE_SERVER_VERSION}`);
  await npm(vscode, 'install', '--omit=dev', '--ignore-scripts');
  await npm(path.join(vscode, 'extensions'), 'install', '--omit=dev', '--ignore-scripts');
  await npm(vscode, 'rebuild', '@vscode/spdlog', '@vscode/native-watchdog');
  await replaceLink('code-linux.sh', path.join(vscode, 'bin', 'remote-cli', 'code-server'));
  await replaceLink('browser-linux.sh', path.join(vscode, 'bin', 'helpers', 'browser.sh'));
}

async function replaceLink(target, link) {
  await rm(link, { force: true });
  await symlink(target, link);
}
