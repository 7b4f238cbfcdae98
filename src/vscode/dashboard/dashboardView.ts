/**
 * The sparsity view: its page, what it asks for, and the states it gets. What a state holds and what an action does are its parts' matter.
 */
import type * as vscode from 'vscode';
import type { Timers } from '../../engine/timers';
import type { DashboardAction, DashboardState, DashboardToView, SparsitySwitch } from '../../protocol/dashboard';
import { webviewHtml, webviewRoot } from '../webviewHtml';
import { dashboardMessage } from './dashboardMessages';
import { StatePusher } from './statePusher';

export const DASHBOARD_VIEW = 'bamboo.dashboard';

/** A view that talks nonsense must not fill the log. */
const REFUSALS_LOGGED = 20;

export interface DashboardViewParts {
  readonly extensionUri: vscode.Uri;
  readonly timers: Timers;
  readonly state: () => DashboardState;
  readonly setMode: (mode: SparsitySwitch) => void;
  readonly act: (action: DashboardAction) => void;
  /** Somebody began to look, or stopped. */
  readonly onVisibility: (visible: boolean) => void;
  readonly log: Pick<vscode.LogOutputChannel, 'warn'>;
}

export class DashboardView implements vscode.WebviewViewProvider, vscode.Disposable {
  private view: vscode.WebviewView | undefined;
  private readonly pusher: StatePusher<DashboardState>;
  private subscriptions: vscode.Disposable[] = [];
  private refusals = 0;

  constructor(private readonly parts: DashboardViewParts) {
    const { timers, state } = parts;
    this.pusher = new StatePusher({ timers, state, post: (next) => this.post({ type: 'state', state: next }) });
  }

  get isVisible(): boolean {
    return this.pusher.isVisible;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { extensionUri } = this.parts;
    this.close();
    this.view = view;
    view.webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(extensionUri)] };
    this.subscriptions = [
      view.webview.onDidReceiveMessage((received: unknown) => this.receive(received)),
      view.onDidChangeVisibility(() => {
        this.look(view.visible);
        if (view.visible) this.pusher.renew();
      }),
      view.onDidDispose(() => this.close()),
    ];
    view.webview.html = webviewHtml(view.webview, extensionUri, 'dashboard');
    // The page says when it can draw: a state before that would be lost, and the next would have to wait.
    this.look(view.visible);
  }

  /** Something that the state tells of may have changed. */
  readonly changed = (): void => this.pusher.changed();

  /** The view may show what never came to be, such as a switch that could not be turned. */
  renew(): void {
    this.pusher.renew();
  }

  dispose(): void {
    this.close();
  }

  private look(visible: boolean): void {
    if (visible) this.pusher.show();
    else this.pusher.hide();
    this.parts.onVisibility(visible);
  }

  private close(): void {
    if (this.view === undefined) return;
    this.view = undefined;
    this.look(false);
    for (const subscription of this.subscriptions) subscription.dispose();
    this.subscriptions = [];
  }

  private receive(received: unknown): void {
    const message = dashboardMessage(received);
    switch (message?.type) {
      case undefined:
        this.refuse();
        return;
      case 'ready':
        this.pusher.renew();
        return;
      case 'setMode':
        this.parts.setMode(message.mode);
        return;
      case 'action':
        this.parts.act(message.action);
        return;
    }
  }

  /** What came is not written down: it may be long, and anything. */
  private refuse(): void {
    this.refusals += 1;
    if (this.refusals > REFUSALS_LOGGED) return;
    const last = this.refusals === REFUSALS_LOGGED ? ' Further ones are not logged.' : '';
    this.parts.log.warn(`A message of the sparsity view was not understood and is ignored.${last}`);
  }

  private post(message: DashboardToView): void {
    void this.view?.webview.postMessage(message);
  }
}
