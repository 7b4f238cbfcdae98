/**
 * Counts accepted suggestions. The editor runs the command of an item when the whole of it is accepted; partial accepts run nothing.
 */
import type { MetricsStore } from '../metrics/metricsStore';

export const ACCEPTED_COMMAND = 'bamboo.internal.accepted';

export function acceptanceHandler(metrics: MetricsStore, log: (message: string) => void): (chars: unknown) => void {
  return (chars) => {
    metrics.recordAccepted();
    log(`Accepted a suggestion of ${typeof chars === 'number' ? chars : 0} characters.`);
  };
}
