/**
 * Joins the inline completion provider to the engine, the metrics and the editor, and watches what becomes of its suggestions.
 */
import * as vscode from 'vscode';
import { AcceptanceTracker } from '../completion/acceptance';
import type { Generate } from '../completion/completeOnce';
import { CompletionSession } from '../completion/completionSession';
import { BambooInlineCompletionProvider, type ProviderParts } from '../completion/inlineCompletionProvider';
import type { Timers } from '../engine/timers';
import type { MetricsStore } from '../metrics/metricsStore';
import { watchAcceptance } from './acceptanceWatch';
import { documentPath, readDocumentContext } from './documentReader';
import type { EngineHost } from './engineHost';
import { completionSettings } from './settings';

export interface CompletionParts {
  readonly engine: Pick<EngineHost, 'silence' | 'contextLength' | 'promptForm'>;
  readonly generate: Generate;
  readonly metrics: MetricsStore;
  readonly timers: Timers;
  readonly report: ProviderParts['report'];
  readonly log: vscode.LogOutputChannel;
}

export interface Completion {
  readonly subscriptions: readonly vscode.Disposable[];
  /** Forgets every suggestion: another model would make others. */
  reset(): void;
}

export function registerCompletion({ engine, generate, metrics, timers, report, log }: CompletionParts): Completion {
  const acceptance = new AcceptanceTracker(metrics);
  const now = (): number => timers.nowMs();
  const session = new CompletionSession({ generate, metrics, now, schedule: (delayMs, task) => timers.after(delayMs, task) });
  const provider = new BambooInlineCompletionProvider({
    session,
    engineSilence: () => engine.silence,
    contextLength: () => engine.contextLength,
    promptForm: () => engine.promptForm,
    settingsFor: completionSettings,
    pathOf: documentPath,
    readContext: readDocumentContext,
    metrics,
    now,
    onShown: acceptance.shown,
    report,
    log,
  });
  return {
    subscriptions: [
      vscode.languages.registerInlineCompletionItemProvider({ pattern: '**' }, provider),
      ...watchAcceptance(acceptance, log),
    ],
    reset: () => session.reset(),
  };
}
