/**
 * Bundles the worker for the integration tests, so that they always run the sources beside them and never a stale dist/.
 */
import path from 'node:path';
import { build } from 'esbuild';

export const REPOSITORY = path.resolve(__dirname, '../..');

export async function bundleForTests(source: string, name: string): Promise<string> {
  const outfile = path.join(REPOSITORY, 'build', 'integration', name);
  await build({
    absWorkingDir: REPOSITORY,
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
  return outfile;
}
