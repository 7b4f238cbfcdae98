/**
 * `bamboo` in a terminal: wires the commands to the real streams and the native library, which is loaded into this process.
 */
import { addonPathOf, packageRootOf } from '../model/modelLocator';
import { requireBinding } from '../worker/requireBinding';
import { runCli } from './runCli';

const packageRoot = packageRootOf(__dirname);

// A reader such as `head` may close the pipe early: that is no failure of ours.
process.stdout.on('error', () => process.exit(0));

void runCli(process.argv.slice(2), {
  packageRoot,
  nowMs: () => performance.now(),
  loadBinding: () => requireBinding(addonPathOf(packageRoot)),
  print: (line) => void process.stdout.write(`${line}\n`),
  write: (text) => void process.stdout.write(text),
  warn: (line) => void process.stderr.write(`${line}\n`),
}).then((exitCode) => {
  process.exitCode = exitCode;
});
