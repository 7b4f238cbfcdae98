#!/usr/bin/env node
// `npm start`: from a fresh clone to a first completion in the terminal, then VS Code with the extension on a sample project.
//   npm start -- --no-open   ends after the completion in the terminal
// Only the Node version is checked here: what it runs may use what an older Node could not even load.
import { requireNode } from './nodeVersion.mjs';

requireNode(20);
const { setUp } = await import('./setUp.mjs');
const { buildAll } = await import('./buildAll.mjs');
const { showFirstCompletion } = await import('./firstCompletion.mjs');

const startedAt = performance.now();
try {
  await setUp({ forTests: false });
  await buildAll();
  await showFirstCompletion();
  console.log(`Ready after ${((performance.now() - startedAt) / 1000).toFixed(0)} s.`);
  if (!process.argv.includes('--no-open')) {
    const { openEditor } = await import('./openEditor.mjs');
    await openEditor();
  }
} catch (error) {
  console.error(`\nnpm start stopped: ${error.message}`);
  process.exit(1);
}
