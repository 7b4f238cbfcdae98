// Starts one of the programs beside this file in a process of its own and waits for the one message that it sends.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Rejects with what the process wrote to its standard error when it ends without a message. */
export function runProcess(program, task) {
  const file = fileURLToPath(new URL(program, import.meta.url));
  return new Promise((resolve, reject) => {
    const child = fork(file, [JSON.stringify(task)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let complaint = '';
    let message;
    child.stderr.on('data', (chunk) => (complaint += chunk));
    child.on('message', (received) => (message = received));
    child.on('error', reject);
    child.on('close', (exitCode, signal) => {
      if (message !== undefined) resolve(message);
      else reject(new Error(`${program} ended with ${signal ?? `exit code ${exitCode}`}:\n${complaint.trimEnd()}`));
    });
  });
}
