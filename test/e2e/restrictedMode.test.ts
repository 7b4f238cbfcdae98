/**
 * A folder that its user has not trusted: completions work, with the bundled model, whatever the folder's settings ask for.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Workbench } from './workbench';

const ACTIVATION_LIMIT_MS = 60_000;

let workbench: Workbench;

beforeAll(async () => {
  workbench = await Workbench.open({ restricted: true, folderSettings: { 'bamboo.model.path': '/nonexistent/chosen-by-the-folder.gguf' } });
});
afterAll(async () => workbench.close());

test('an untrusted folder gets ghost text of the bundled model, and cannot choose another model', async () => {
  await workbench.restrictedModeItem.waitFor();
  await workbench.openFile('cart.ts');
  await workbench.statusBarItem.waitFor({ timeout: ACTIVATION_LIMIT_MS });
  await workbench.type('export const hasLines = (lines: CartLine[]): boolean => lines.');
  const ghostText = await workbench.ghostText();
  await workbench.shot('restricted-mode');
  expect(ghostText).not.toBe('');
});
