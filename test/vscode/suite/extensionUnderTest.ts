/**
 * Finds and activates the extension the way another extension would, and says when its engine is well.
 */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { BambooApi } from '../../../src/extension';

export const EXTENSION_ID = 'bamboo-completion.bamboo';

export async function activateBamboo(): Promise<BambooApi> {
  const extension = vscode.extensions.getExtension<BambooApi>(EXTENSION_ID);
  assert.ok(extension, `${EXTENSION_ID} is not known to the extension host`);
  const api = await extension.activate();
  await api.whenReady();
  return api;
}

/** The engine serves: whether the last completion was shown or there was a reason for none does not matter. */
export function assertServing(bamboo: BambooApi): void {
  const { state, reason } = bamboo.status();
  assert.ok(!['starting', 'restarting', 'stopped', 'failed'].includes(state), `state ${state}, reason ${reason ?? 'none'}`);
}
