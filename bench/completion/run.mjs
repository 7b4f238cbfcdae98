// Replays the committed typing sessions in every mode, and writes bench/results/replay.{json,md}. Needs `npm run build` first.
//   node bench/completion/run.mjs [OPTION OF bamboo replay]...
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const options = ['--mode', 'all', '--save', 'bench/results/replay', ...process.argv.slice(2)];
execFileSync(process.execPath, ['dist/cli.js', 'replay', ...options], { cwd: root, stdio: 'inherit' });
