/**
 * Models in words: sizes, roles, facts, and why one cannot serve. Used by the tree, the pick list and the messages alike.
 */
import * as vscode from 'vscode';
import type { ModelFacts, ModelRole } from '../../model/modelCatalog';
import type { SparsityClass } from '../../protocol/engineProtocol';

/** As VS Code's and the model hubs' lists do, in powers of ten. */
export function sizeInWords(bytes: number): string {
  const megabytes = bytes / 1e6;
  if (megabytes >= 1000) return `${(megabytes / 1000).toFixed(1)} GB`;
  if (megabytes >= 1) return `${Math.round(megabytes)} MB`;
  return bytes >= 1000 ? `${(bytes / 1000).toFixed(1)} kB` : `${bytes} B`;
}

export function roleInWords(role: ModelRole): string {
  return role === 'completion' ? vscode.l10n.t('completion') : vscode.l10n.t('chat');
}

export function sparsityInWords(sparsity: SparsityClass, hasPredictors: boolean): string {
  if (sparsity === 'none') return vscode.l10n.t('dense only: every neuron is computed in every mode');
  return hasPredictors
    ? vscode.l10n.t('{0}, with predictors: silent neurons are skipped or predicted', sparsity)
    : vscode.l10n.t('{0}, without predictors: silent neurons are skipped', sparsity);
}

export function shortSparsity(sparsity: SparsityClass): string {
  return sparsity === 'none' ? vscode.l10n.t('dense only') : sparsity;
}

/** Why a file cannot be loaded at all, and what to do. */
export function problemOf(modelPath: string, facts: ModelFacts): string | undefined {
  switch (facts.kind) {
    case 'missing':
      return vscode.l10n.t('There is no file {0}. Put it back, or choose another model.', modelPath);
    case 'known':
      return facts.file.problem;
    case 'unread':
      return undefined;
  }
}

/** Why a model cannot have a role; undefined also when nobody knows yet: the engine will say. */
export function refusalOf(modelPath: string, facts: ModelFacts, role: ModelRole): string | undefined {
  const problem = problemOf(modelPath, facts);
  if (problem !== undefined) return problem;
  if (role !== 'chat' || facts.kind !== 'known' || facts.file.canChat) return undefined;
  return vscode.l10n.t('{0} was not trained to chat. Choose a model with a chat template, such as Bamboo-DPO-7B.', facts.file.name);
}
