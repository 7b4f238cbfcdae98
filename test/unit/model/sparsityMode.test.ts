import { describe, expect, it } from 'vitest';
import { autoModeOf, modesOf, resolveMode, type ModelSparsity } from '../../../src/model/sparsityMode';

const SILU: ModelSparsity = { hasPredictors: false, hasSilentNeurons: false };
const RELU: ModelSparsity = { hasPredictors: false, hasSilentNeurons: true };
const UNTESTED: ModelSparsity = { hasPredictors: true, hasSilentNeurons: true };
const GOOD: ModelSparsity = { ...UNTESTED, calibration: { fidelityMet: true } };
const POOR: ModelSparsity = { ...UNTESTED, calibration: { fidelityMet: false } };

describe('the automatic mode', () => {
  it.each([
    ['a SiLU model', SILU, 'dense', /SiLU/],
    ['a ReLU model without predictors', RELU, 'exact', /no predictors/],
    ['predictors that nobody calibrated', UNTESTED, 'exact', /not calibrated/],
    ['predictors that met the bar', GOOD, 'predicted', /met the fidelity bar/],
    ['predictors that missed the bar', POOR, 'exact', /missed the fidelity bar/],
    ['a calibration without predictors', { ...RELU, calibration: { fidelityMet: true } }, 'exact', /no predictors/],
  ] as const)('of %s', (_name, model, mode, reason) => {
    expect(autoModeOf(model).mode).toBe(mode);
    expect(autoModeOf(model).reason).toMatch(reason);
    expect(modesOf(model)).toContain(mode);
  });
});

describe('a choice', () => {
  it('of a mode is that mode, whatever the calibration says', () => {
    expect(resolveMode('dense', GOOD)).toBe('dense');
    expect(resolveMode('exact', GOOD)).toBe('exact');
    expect(resolveMode('predicted', POOR)).toBe('predicted');
    expect(resolveMode('auto', GOOD)).toBe('predicted');
  });

  it('of exact is dense where no neuron is silent', () => {
    expect(resolveMode('exact', SILU)).toBe('dense');
    expect(modesOf(SILU)).toEqual(['dense']);
  });

  it('of a mode that the model lacks is left to the library, which says so', () => {
    expect(resolveMode('predicted', RELU)).toBe('predicted');
    expect(modesOf(RELU)).toEqual(['dense', 'exact']);
  });
});
