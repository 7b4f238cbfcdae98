import { describe, expect, test } from 'vitest';
import { DASHBOARD_ACTIONS, SPARSITY_SWITCHES, type DashboardToHost } from '../../../../src/protocol/dashboard';
import { dashboardMessage } from '../../../../src/vscode/dashboard/dashboardMessages';
import { malformed } from './malformed';

const VALID: readonly DashboardToHost[] = [
  { type: 'ready' },
  ...SPARSITY_SWITCHES.map((mode) => ({ type: 'setMode', mode }) as const),
  ...DASHBOARD_ACTIONS.map((action) => ({ type: 'action', action }) as const),
];

describe('messages of the view', () => {
  test.each(VALID)('%j is understood', (message) => {
    expect(dashboardMessage(message)).toEqual(message);
  });

  test.each<[unknown]>([
    [undefined],
    [null],
    [0],
    ['ready'],
    [[]],
    [{}],
    [{ type: 'READY' }],
    [{ type: 'ready', extra: 1 }],
    [{ type: 'setMode' }],
    [{ type: 'setMode', mode: 'auto' }],
    [{ type: 'setMode', mode: ['dense'] }],
    [{ type: 'action', action: 'constructor' }],
    [{ type: 'action', action: 'compare', args: ['x'] }],
    [{ type: 'state', state: {} }],
    [JSON.parse('{"type":"action","action":"reset","__proto__":{"polluted":true}}')],
    [{ type: 'action', action: 'x'.repeat(1_000_000) }],
  ])('%j is not', (message) => {
    expect(dashboardMessage(message)).toBeUndefined();
  });

  test('mutations of good messages are refused or are good messages', () => {
    const valid = new Set(VALID.map((message) => JSON.stringify(message)));
    let refused = 0;
    for (const message of malformed(VALID, 5000)) {
      const understood = dashboardMessage(message);
      if (understood === undefined) refused += 1;
      else expect(valid).toContain(JSON.stringify(understood));
    }
    expect(refused).toBeGreaterThan(4000);
  });
});
