/**
 * What the host accepts from the sparsity view. The view draws text of models and files, so its messages are checked like a stranger's.
 */
import * as v from 'valibot';
import { DASHBOARD_ACTIONS, SPARSITY_SWITCHES, type DashboardToHost } from '../../protocol/dashboard';

const message = v.variant('type', [
  v.strictObject({ type: v.literal('ready') }),
  v.strictObject({ type: v.literal('setMode'), mode: v.picklist(SPARSITY_SWITCHES) }),
  v.strictObject({ type: v.literal('action'), action: v.picklist(DASHBOARD_ACTIONS) }),
]);

/** Undefined for anything else. */
export function dashboardMessage(received: unknown): DashboardToHost | undefined {
  const result = v.safeParse(message, received);
  return result.success ? result.output : undefined;
}
