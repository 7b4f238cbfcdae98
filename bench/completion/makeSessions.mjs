// Bundles and runs makeSessions.ts: writes bench/completion/sessions/bamboo.jsonl anew.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bundle = path.join(root, 'build/bench/makeSessions.cjs');
await build({
  entryPoints: [path.join(root, 'bench/completion/makeSessions.ts')],
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outfile: bundle,
  logLevel: 'warning',
});
execFileSync(process.execPath, [bundle, root], { stdio: 'inherit' });
