// Opens VS Code with the packaged extension on a copy of the sample project: the desktop program where it is installed,
// else code-server on 127.0.0.1 until Ctrl+C.
import { cpSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { runScript } from './buildAll.mjs';
import { programPath } from './programPath.mjs';
import { REPOSITORY } from './repository.mjs';
import { runCommand } from './runCommand.mjs';
import { SAMPLE_FILE, SAMPLE_PROJECT, samplePlace } from './samplePlace.mjs';
import { startVscodeServer } from './vscodeServer.mjs';
import { START_PROFILE } from './vscodeServerInstall.mjs';

const VSIX = path.join(REPOSITORY, 'build', 'bamboo.vsix');
const PORT = 8377;

export async function openEditor() {
  await runScript('packageVsix.mjs');
  const project = path.join(REPOSITORY, 'build', 'sample');
  cpSync(SAMPLE_PROJECT, project, { recursive: true }); // a copy: what is tried there is no change to the repository
  const desktop = programPath('code');
  if (desktop === undefined || !(await openDesktop(desktop, project))) await openServer(project);
}

/** False when the program is there but cannot be used, for example as root or without a display. */
async function openDesktop(code, project) {
  const { line, column } = samplePlace();
  const installed = await runCommand(code, ['--install-extension', VSIX, '--force'], { mayFail: true });
  if (installed.exitCode !== 0) return false;
  const place = `${path.join(project, SAMPLE_FILE)}:${line}:${column}`;
  const opened = await runCommand(code, [project, '--goto', place], { mayFail: true });
  if (opened.exitCode === 0) console.log('VS Code is open on the sample project. Type at the cursor.');
  return opened.exitCode === 0;
}

async function openServer(project) {
  const port = (await isFree(PORT)) ? PORT : undefined;
  const server = await startVscodeServer({ profile: START_PROFILE, vsix: [VSIX], port });
  console.log(`\nVS Code is running. Open this address in a browser on this machine:\n\n  ${server.url}/?folder=${encodeURI(project)}\n`);
  console.log(`Open ${SAMPLE_FILE} there and type. Ctrl+C ends it. (Its terminal panel is left out; everything else is VS Code.)`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void server.stop());
  await server.exited;
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
