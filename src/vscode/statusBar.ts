/**
 * Draws the status model into the status bar item; decides nothing.
 */
import * as vscode from 'vscode';
import type { StatusView } from './statusModel';

const BACKGROUNDS: Readonly<Record<StatusView['severity'], string | undefined>> = {
  normal: undefined,
  warning: 'statusBarItem.warningBackground',
  error: 'statusBarItem.errorBackground',
};

export class StatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;

  constructor(command: string) {
    this.item = vscode.window.createStatusBarItem('bamboo.status', vscode.StatusBarAlignment.Right, 100);
    this.item.name = 'Bamboo';
    this.item.command = command;
    this.item.show();
  }

  draw(view: StatusView): void {
    const tooltip = view.tooltip.join('\n');
    const background = BACKGROUNDS[view.severity];
    this.item.text = view.text;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: `Bamboo: ${tooltip}` };
    this.item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
  }

  dispose(): void {
    this.item.dispose();
  }
}
