/**
 * Finds the subcommand, runs it, and turns failures into one line and an exit code:
 * 2 for a command line that is wrong, 1 for a model or an input that is.
 */
import { packageVersion } from '../model/modelLocator';
import { toEngineError } from '../protocol/engineError';
import { Arguments, UsageError } from './arguments';
import { benchCommand } from './bench';
import { EXIT, type CliIo, type Command } from './command';
import { calibrateCommand } from './calibrate';
import { completeCommand } from './complete';
import { convertCommand } from './convert';
import { generateCommand } from './generate';
import { infillCommand } from './infill';
import { inspectCommand } from './inspect';
import { logitsCommand } from './logits';
import { lossCommand } from './loss';
import { manifestCommand } from './manifest';
import { replayCommand } from './replay';

const COMMANDS: readonly Command[] = [
  completeCommand,
  infillCommand,
  generateCommand,
  benchCommand,
  replayCommand,
  calibrateCommand,
  lossCommand,
  logitsCommand,
  inspectCommand,
  convertCommand,
  manifestCommand,
];

export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const [name, ...rest] = argv;
  if (name === '--version' || name === '-v') {
    io.print(packageVersion(io.packageRoot));
    return EXIT.done;
  }
  if (name === undefined || name === '--help' || name === '-h') {
    (name === undefined ? io.warn : io.print)(overview());
    return name === undefined ? EXIT.badArguments : EXIT.done;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    io.warn(`bamboo: there is no command "${name}"; "bamboo --help" lists them`);
    return EXIT.badArguments;
  }
  return runCommand(command, rest, io);
}

async function runCommand(command: Command, argv: readonly string[], io: CliIo): Promise<number> {
  try {
    const args = Arguments.parse(command, argv);
    if (args.flag('help')) {
      io.print(command.help);
      return EXIT.done;
    }
    return await command.run(args, io);
  } catch (error) {
    if (error instanceof UsageError) {
      io.warn(`bamboo ${command.name}: ${error.message}`);
      return EXIT.badArguments;
    }
    const { code, message } = toEngineError(error);
    io.warn(`${code}: ${message}`);
    return EXIT.failed;
  }
}

function overview(): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length));
  return [
    'Usage: bamboo COMMAND [OPTIONS]',
    '',
    ...COMMANDS.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    '"bamboo COMMAND --help" explains the options; "bamboo --version" prints the version.',
  ].join('\n');
}
