#!/usr/bin/env node
// `npm test`: from a fresh clone to "N passed, N failed". Sets up, builds, and runs every stage even after one failed.
//   npm test -- --only unit,e2e   runs some stages
//   npm run test:long             adds the thread sanitizer, long fuzzing and a model of 7 billion parameters
// Only the Node version is checked here: what it runs may use what an older Node could not even load.
import { requireNode } from './nodeVersion.mjs';

requireNode(20);
if (process.argv.includes('--long')) process.env.BAMBOO_LONG = '1';
const { setUp } = await import('./setUp.mjs');
const { chooseStages } = await import('./testStages.mjs');
const { runStages } = await import('./runStages.mjs');

try {
  const stages = chooseStages(process.argv.slice(2));
  await setUp({ forTests: true });
  process.exitCode = (await runStages(stages)) ? 0 : 1;
} catch (error) {
  console.error(`\nnpm test stopped: ${error.message}`);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
