// Bundles and runs speculation.ts. Needs `npm run build` first. Writes bench/results/speculation.{json,md}.
//   node bench/decode/speculation.mjs [ROUNDS [THREADS]]
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bundle = path.join(root, 'build/bench/speculation.cjs');
await build({
  entryPoints: [path.join(root, 'bench/decode/speculation.ts')],
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outfile: bundle,
  logLevel: 'warning',
});
execFileSync(process.execPath, [bundle, root, ...process.argv.slice(2)], { stdio: 'inherit' });
