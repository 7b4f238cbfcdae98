import { describe, expect, test, vi } from 'vitest';
import type { FfnMode, ModeChoice } from '../../../src/protocol/engineProtocol';
import { servedMode, sparseMode } from '../../../src/vscode/servedMode';

vi.mock('vscode', () => import('./fakeVscode'));

const PREDICTING = { modes: ['dense', 'exact', 'predicted'], autoMode: 'predicted', autoModeReason: 'Calibrated.' } as const;
const RELU = { modes: ['dense', 'exact'], autoMode: 'exact', autoModeReason: 'No predictors.' } as const;
const SILU = { modes: ['dense'], autoMode: 'dense', autoModeReason: 'Never zero.' } as const;

describe('the mode that the next token runs in', () => {
  test.each<[ModeChoice, typeof PREDICTING | typeof RELU | typeof SILU, FfnMode, string]>([
    ['auto', PREDICTING, 'predicted', 'Calibrated.'],
    ['exact', PREDICTING, 'exact', 'The strategy exact'],
    ['predicted', PREDICTING, 'predicted', 'The strategy predicted'],
    ['auto', RELU, 'exact', 'No predictors.'],
    ['predicted', RELU, 'exact', 'No predictors.'],
    ['exact', RELU, 'exact', 'The strategy exact'],
    ['auto', SILU, 'dense', 'Never zero.'],
    ['exact', SILU, 'dense', 'Never zero.'],
    ['predicted', SILU, 'dense', 'Never zero.'],
    ['dense', PREDICTING, 'dense', 'Dense was chosen'],
  ])('sparse by strategy %s', (strategy, model, effective, reason) => {
    const served = servedMode('sparse', strategy, model);
    expect(served).toMatchObject({ chosen: 'sparse', strategy, effective });
    expect(served.reason).toContain(reason);
  });

  test('dense is dense, whatever the strategy', () => {
    expect(servedMode('dense', 'predicted', PREDICTING)).toMatchObject({ chosen: 'dense', strategy: 'predicted', effective: 'dense' });
    expect(sparseMode('predicted', PREDICTING).effective).toBe('predicted');
  });

  test('without a model it says that it does not know yet', () => {
    expect(servedMode('sparse', 'auto', undefined).reason).toBe('The model is not loaded yet.');
  });
});
