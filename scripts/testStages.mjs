// The stages of `npm test` in their order, each with the command that runs it; runStages.mjs runs and counts them.
import { parseArgs } from 'node:util';

const node = process.execPath;
const vitest = (project) => [
  node,
  'node_modules/vitest/vitest.mjs',
  'run',
  '--project',
  project,
  '--reporter=default',
  '--reporter=./scripts/vitestCounts.mjs',
];

/**
 * counts: 'reported' — the runner writes testCounts.mjs; 'one' — the command is one check that passes or fails.
 * Building comes early: what follows tests what was built. A build that fails is one failed check, and its followers fail too.
 */
const STAGES = [
  { name: 'format', counts: 'one', command: ['npm', 'run', '--silent', 'format:check'] },
  { name: 'lint', counts: 'one', command: ['npm', 'run', '--silent', 'lint'] },
  { name: 'typecheck', counts: 'one', command: ['npm', 'run', '--silent', 'typecheck'] },
  { name: 'unit', counts: 'reported', command: vitest('unit') },
  { name: 'webview', counts: 'reported', command: vitest('webview') },
  { name: 'native', counts: 'reported', command: [node, 'scripts/testNative.mjs', 'release'] },
  { name: 'native-asan', counts: 'reported', command: [node, 'scripts/testNative.mjs', 'asan'] },
  { name: 'native-neon', counts: 'reported', command: [node, 'scripts/testNative.mjs', 'neon'] },
  { name: 'native-tsan', counts: 'reported', command: [node, 'scripts/testNative.mjs', 'tsan'], onlyLong: true },
  { name: 'bundle', counts: 'one', command: [node, 'scripts/bundle.mjs'] },
  { name: 'package', counts: 'one', command: [node, 'scripts/packageVsix.mjs'] },
  { name: 'integration', counts: 'reported', command: vitest('integration') },
  { name: 'vscode', counts: 'reported', command: [node, 'test/vscode/runServer.mjs'] },
  { name: 'desktop', counts: 'reported', command: [node, 'test/vscode/runDesktop.mjs'] },
  { name: 'e2e', counts: 'reported', command: vitest('e2e') },
];

/** The stages that the arguments of `npm test` ask for; throws on a name that does not exist. */
export function chooseStages(args) {
  const { values } = parseArgs({ args, options: { only: { type: 'string' }, long: { type: 'boolean', default: false } } });
  if (values.only === undefined) return STAGES.filter((stage) => values.long || !stage.onlyLong);
  const wanted = values.only.split(',');
  const unknown = wanted.filter((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown.length > 0) throw new Error(`No stage "${unknown.join('", "')}"; there are: ${STAGES.map(({ name }) => name).join(', ')}.`);
  return STAGES.filter(({ name }) => wanted.includes(name));
}
