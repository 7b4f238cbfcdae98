/**
 * Which mode 'auto' means for a model, and which modes a model can run in. Pure: decides from what the library says about the file.
 */
import type { FfnMode, ModeChoice } from '../protocol/engineProtocol';

export interface ModelSparsity {
  readonly hasPredictors: boolean;
  /** Its gate is a ReLU, so there are neurons to skip; false for SiLU, whose activations are never zero. */
  readonly hasSilentNeurons: boolean;
  /** What a calibration of this model on this machine found; absent when there was none. */
  readonly calibration?: { readonly fidelityMet: boolean };
}

export interface AutoMode {
  readonly mode: FfnMode;
  /** One sentence for people. */
  readonly reason: string;
}

/** The fastest mode that meets the fidelity bar. */
export function autoModeOf({ hasPredictors, hasSilentNeurons, calibration }: ModelSparsity): AutoMode {
  if (!hasSilentNeurons) {
    return { mode: 'dense', reason: 'The gate of this model is never zero (SiLU), so there is nothing to skip.' };
  }
  if (!hasPredictors) {
    return { mode: 'exact', reason: 'The model has no predictors; exact gives the output of dense and reads less.' };
  }
  if (calibration === undefined) {
    return { mode: 'exact', reason: 'The predictors of this model were not calibrated; exact gives the output of dense.' };
  }
  return calibration.fidelityMet
    ? { mode: 'predicted', reason: 'The predictors met the fidelity bar when this model was calibrated.' }
    : { mode: 'exact', reason: 'The predictors missed the fidelity bar when this model was calibrated; exact gives the output of dense.' };
}

/** The modes that differ on this model, dense first. */
export function modesOf({ hasPredictors, hasSilentNeurons }: ModelSparsity): FfnMode[] {
  if (!hasSilentNeurons) {
    return ['dense'];
  }
  return hasPredictors ? ['dense', 'exact', 'predicted'] : ['dense', 'exact'];
}

/** A choice becomes a mode. Exact on a model without silent neurons is dense; a mode that the model lacks is left for the library to refuse. */
export function resolveMode(choice: ModeChoice, model: ModelSparsity): FfnMode {
  if (choice === 'auto') {
    return autoModeOf(model).mode;
  }
  return choice === 'exact' && !model.hasSilentNeurons ? 'dense' : choice;
}
