/**
 * Holds the last completion event and redraws the status bar when the engine, the settings, the active editor or a completion changes.
 */
import * as vscode from 'vscode';
import type { CompletionEvent } from '../completion/inlineCompletionProvider';
import type { MetricsStore } from '../metrics/metricsStore';
import type { EngineHost } from './engineHost';
import { completionSettings } from './settings';
import type { StatusBar } from './statusBar';
import { statusView, type StatusView } from './statusModel';

export class StatusReporter {
  private lastEvent: CompletionEvent | undefined;

  constructor(
    private readonly engine: Pick<EngineHost, 'state'>,
    private readonly metrics: MetricsStore,
    private readonly bar: Pick<StatusBar, 'draw'>,
  ) {}

  readonly report = (event: CompletionEvent): void => {
    // A request that a newer one overtook ends later than that one began.
    if (this.lastEvent && event.request < this.lastEvent.request) return;
    this.lastEvent = event;
    this.refresh();
  };

  readonly refresh = (): void => this.bar.draw(this.view());

  /** What was said about the last document says nothing about the next one. */
  readonly editorChanged = (): void => {
    this.lastEvent = undefined;
    this.refresh();
  };

  view(): StatusView {
    const document = vscode.window.activeTextEditor?.document;
    const settings = completionSettings(document);
    return statusView({
      engine: this.engine.state,
      enabled: settings.enabled,
      disabledLanguage: document && settings.languages[document.languageId] === false ? document.languageId : undefined,
      lastEvent: this.lastEvent,
      metrics: this.metrics.snapshot(),
    });
  }
}
