/**
 * Writes the figures of the sparsity view to a file that the user chooses.
 */
import * as vscode from 'vscode';
import { toEngineError } from '../../engine/engineError';
import { metricsExport } from '../../metrics/metricsExport';
import type { DashboardState } from '../../protocol/dashboard';

const FILE_NAME = 'bamboo-metrics.json';

export async function exportMetrics(state: DashboardState, exportedAt: Date): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    ...(folder !== undefined && { defaultUri: vscode.Uri.joinPath(folder, FILE_NAME) }),
    filters: { JSON: ['json'] },
    title: vscode.l10n.t('Export the Figures of Bamboo'),
  });
  if (!target) return;
  const json = `${JSON.stringify(metricsExport(state, exportedAt.toISOString()), undefined, 2)}\n`;
  try {
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(json));
    vscode.window.setStatusBarMessage(vscode.l10n.t('Bamboo: figures exported'), 4000);
  } catch (thrown) {
    const reason = toEngineError(thrown).message;
    void vscode.window.showErrorMessage(vscode.l10n.t('The figures could not be written. Choose another place: {0}', reason));
  }
}
