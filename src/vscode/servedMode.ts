/**
 * The mode that the next token runs in, and why, in one sentence: the user's choice as the loaded model can serve it.
 * The engine decides the same by src/model/sparsityMode.ts, but says so only with the answer to a request.
 */
import * as vscode from 'vscode';
import type { DashboardMode, SparsitySwitch } from '../protocol/dashboard';
import type { ModelDescription, ModeChoice } from '../protocol/engineProtocol';

type ModesOfModel = Pick<ModelDescription, 'modes' | 'autoMode' | 'autoModeReason'>;

/** `strategy`: what serves when the switch is on sparse. */
export function servedMode(chosen: SparsitySwitch, strategy: ModeChoice, model: ModesOfModel | undefined): DashboardMode {
  return { chosen, strategy, ...(chosen === 'dense' ? denseMode() : sparseMode(strategy, model)) };
}

/** What sparse means on this model, whatever the switch says. */
export function sparseMode(strategy: ModeChoice, model: ModesOfModel | undefined): Pick<DashboardMode, 'effective' | 'reason'> {
  if (model === undefined) {
    return { effective: strategy === 'auto' ? 'exact' : strategy, reason: vscode.l10n.t('The model is not loaded yet.') };
  }
  const auto = { effective: model.autoMode, reason: model.autoModeReason };
  switch (strategy) {
    case 'dense':
      return denseMode();
    case 'exact':
      if (!model.modes.includes('exact')) return auto;
      return { effective: 'exact', reason: vscode.l10n.t('The strategy exact was chosen: the output of dense, with less to read.') };
    case 'predicted':
      if (!model.modes.includes('predicted')) return auto;
      return { effective: 'predicted', reason: vscode.l10n.t('The strategy predicted was chosen: the predictors pick the neurons.') };
    case 'auto':
      return auto;
  }
}

function denseMode(): Pick<DashboardMode, 'effective' | 'reason'> {
  return { effective: 'dense', reason: vscode.l10n.t('Dense was chosen: every neuron is computed.') };
}
