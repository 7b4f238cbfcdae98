/**
 * The switch between sparse and dense: its item in the status bar, and the one way to turn it.
 * The setting `bamboo.mode` is the only state. Everything that shows the switch reads it again when it changes, wherever it was changed.
 */
import * as vscode from 'vscode';
import { toEngineError } from '../engine/engineError';
import type { DashboardMode, SparsitySwitch } from '../protocol/dashboard';
import { setSwitch, switchSetting } from './settings';

export const TOGGLE_MODE_COMMAND = 'bamboo.toggleMode';

const CONFIRMATION_MS = 4000;

export class SwitchControl implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private shown: SparsitySwitch | undefined;
  private wanted: SparsitySwitch | undefined;
  private writing: Promise<void> | undefined;

  constructor(
    private readonly mode: () => DashboardMode,
    private readonly log: Pick<vscode.LogOutputChannel, 'error'>,
  ) {
    // Right of the item that says what Bamboo is doing.
    this.item = vscode.window.createStatusBarItem('bamboo.mode', vscode.StatusBarAlignment.Right, 99);
    this.item.name = vscode.l10n.t('Bamboo: Sparse or Dense');
    this.item.command = TOGGLE_MODE_COMMAND;
    this.draw();
    this.item.show();
  }

  /** A click may come before the last one is written: it turns what that one wanted. */
  toggle(): Promise<void> {
    return this.set((this.wanted ?? switchSetting()) === 'dense' ? 'sparse' : 'dense');
  }

  /** Resolves when the setting is written; a failure is told to the user, and the switch stays where it was. */
  set(to: SparsitySwitch): Promise<void> {
    this.wanted = to;
    this.writing ??= this.write().finally(() => (this.writing = undefined));
    return this.writing;
  }

  /** Reads the setting and the model again; a switch that was turned is confirmed. */
  readonly refresh = (): void => {
    const before = this.shown;
    this.draw();
    if (before !== undefined && before !== this.shown) vscode.window.setStatusBarMessage(confirmationOf(this.mode()), CONFIRMATION_MS);
  };

  dispose(): void {
    this.item.dispose();
  }

  /** One write at a time, however often the switch is turned meanwhile. */
  private async write(): Promise<void> {
    while (this.wanted !== undefined) {
      const to = this.wanted;
      try {
        await setSwitch(to);
        if (this.wanted === to) this.wanted = undefined;
      } catch (thrown) {
        this.wanted = undefined;
        this.failed(toEngineError(thrown).message);
      }
    }
  }

  private failed(reason: string): void {
    this.log.error(`The setting bamboo.mode could not be written: ${reason}`);
    const message = vscode.l10n.t('Bamboo could not switch, because the setting bamboo.mode could not be written: {0}', reason);
    void vscode.window.showErrorMessage(message);
  }

  private draw(): void {
    const { chosen, reason } = this.mode();
    const isDense = chosen === 'dense';
    this.shown = chosen;
    const action = isDense ? vscode.l10n.t('Select to skip neurons that will not fire.') : vscode.l10n.t('Select to compute every neuron.');
    this.item.text = isDense ? `$(layers) ${vscode.l10n.t('Dense')}` : `$(zap) ${vscode.l10n.t('Sparse')}`;
    this.item.tooltip = `${reason}\n${action}`;
    const state = isDense ? vscode.l10n.t('Bamboo computes densely.') : vscode.l10n.t('Bamboo computes sparsely.');
    this.item.accessibilityInformation = { label: `${state} ${action}`, role: 'button' };
  }
}

/** Sparse on a model without silent neurons is dense: then the confirmation says why. */
function confirmationOf({ chosen, effective, reason }: DashboardMode): string {
  if (chosen === 'dense') return vscode.l10n.t('Bamboo: dense from the next token');
  return effective === 'dense'
    ? vscode.l10n.t('Bamboo: sparse, but this model computes every neuron. {0}', reason)
    : vscode.l10n.t('Bamboo: sparse from the next token');
}
