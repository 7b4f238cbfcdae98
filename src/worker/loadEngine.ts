/**
 * Loads a model and applies the calibration that lies beside it. A calibration made for another file is left out: the
 * model then runs with the thresholds of its own metadata.
 */
import { calibrationPathOf, fitsModel, readCalibration, type SparsityCalibration } from '../model/sparsityCalibration';
import type { ModelSparsity } from '../model/sparsityMode';
import type { NativeBinding, NativeEngine, NativeEngineOptions } from './nativeBinding';

export interface CalibratedEngine {
  readonly engine: NativeEngine;
  readonly calibration: SparsityCalibration | undefined;
  /** What the choice of a mode depends on. */
  readonly sparsity: ModelSparsity;
}

/** calibrationPath: default the file beside the model. Errors: those of load, 'malformed-metadata'. */
export async function loadEngine(
  binding: NativeBinding,
  options: NativeEngineOptions,
  calibrationPath = calibrationPathOf(options.modelPath),
): Promise<CalibratedEngine> {
  const found = await readCalibration(calibrationPath);
  const engine = await binding.load(options);
  const { hasPredictors, hasSilentNeurons } = engine.info;
  if (found === undefined || !fitsModel(found, engine.info)) {
    return { engine, calibration: undefined, sparsity: { hasPredictors, hasSilentNeurons } };
  }
  engine.setPolicy(found.layers.map(({ mode, threshold, upFirst }) => ({ mode, threshold, upFirst })));
  const calibration = { fidelityMet: found.fidelity.met };
  return { engine, calibration: found, sparsity: { hasPredictors, hasSilentNeurons, calibration } };
}
