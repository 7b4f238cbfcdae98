// Runs one command and waits for it. Output is streamed to the terminal, or kept when the caller wants to read it.
// Used by every script that starts another program; it does not use a shell.
import { spawn } from 'node:child_process';
import { REPOSITORY } from './repository.mjs';

/** The command ended with a non-zero exit code, by a signal, or could not be started. */
export class CommandError extends Error {
  constructor(command, reason, output) {
    super(`${command} ${reason}${output ? `\n${output.trimEnd()}` : ''}`);
    this.name = 'CommandError';
  }
}

/**
 * Resolves with { exitCode, output }. `echo` streams to the terminal, `mayFail` returns a non-zero exit code instead of throwing.
 * stdin is never inherited: no child may wait for a person.
 */
export function runCommand(program, args, { cwd = REPOSITORY, env = process.env, echo = true, mayFail = false } = {}) {
  const shown = [program, ...args].join(' ');
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (echo) process.stdout.write(chunk);
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
      if (echo) process.stderr.write(chunk);
    });
    child.on('error', (error) => reject(new CommandError(shown, `could not be started: ${error.message}`, '')));
    child.on('close', (exitCode, signal) => {
      if (exitCode === 0 || mayFail) resolve({ exitCode: exitCode ?? 1, output });
      else reject(new CommandError(shown, signal ? `was ended by ${signal}` : `ended with exit code ${exitCode}`, echo ? '' : output));
    });
  });
}
