/**
 * Joins the inline completion provider to the engine, the context of other files, the metrics and the editor, and watches what
 * becomes of its suggestions.
 */
import * as vscode from 'vscode';
import { AcceptanceTracker } from '../completion/acceptance';
import type { Generate } from '../completion/completeOnce';
import { CompletionSession } from '../completion/completionSession';
import type { Schedule } from '../completion/inFlightCompletion';
import type { PromptOptions } from '../completion/promptPlan';
import { BambooInlineCompletionProvider, type ProviderParts } from '../completion/inlineCompletionProvider';
import type { Timers } from '../engine/timers';
import type { MetricsStore } from '../metrics/metricsStore';
import { watchAcceptance } from './acceptanceWatch';
import { registerContext, type ContextRegistration } from './context/registerContext';
import { documentPath, readDocumentContext } from './documentReader';
import type { EngineHost } from './engineHost';
import { completionSettings, contextSettings } from './settings';

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
  /** Whether ignore files or the setting keep a document out; at once when it was asked about before. */
  readonly isExcluded: ContextRegistration['isExcluded'];
  /** Forgets every suggestion: another model would make others. */
  reset(): void;
}

export function registerCompletion({ engine, generate, metrics, timers, report, log }: CompletionParts): Completion {
  const acceptance = new AcceptanceTracker(metrics);
  const now = (): number => timers.nowMs();
  const schedule: Schedule = (delayMs, task) => timers.after(delayMs, task);
  const promptOptionsFor = (document: vscode.TextDocument): PromptOptions => ({
    maxTokens: completionSettings(document).maxTokens,
    contextLength: engine.contextLength,
    promptForm: engine.promptForm,
  });
  const warmUp = async (documentKey: string): Promise<void> => {
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.uri.toString() !== documentKey || engine.silence !== undefined) return;
    try {
      if (await context.isExcluded(editor.document)) return;
      await session.warmUp(readDocumentContext(editor.document, editor.selection.active), promptOptionsFor(editor.document));
    } catch (error) {
      log.debug(`The prompt was not read ahead: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const context = registerContext({
    settingsFor: contextSettings,
    triggerSettingsFor: completionSettings,
    promptOptionsFor,
    pathOf: documentPath,
    now,
    wait: schedule,
    debug: (message) => log.debug(message),
    onDidChangeSnippets: (documentKey) => void warmUp(documentKey),
  });
  const session = new CompletionSession({ generate, metrics, now, schedule, snippetsFor: context.snippetsFor });
  const provider = new BambooInlineCompletionProvider({
    session,
    engineSilence: () => engine.silence,
    contextLength: () => engine.contextLength,
    promptForm: () => engine.promptForm,
    settingsFor: completionSettings,
    pathOf: documentPath,
    isExcluded: context.isExcluded,
    readContext: readDocumentContext,
    metrics,
    now,
    onShown: acceptance.shown,
    report,
    log,
  });
  return {
    subscriptions: [
      ...context.disposables,
      vscode.languages.registerInlineCompletionItemProvider({ pattern: '**' }, provider),
      ...watchAcceptance(acceptance, log),
    ],
    isExcluded: context.isExcluded,
    reset: () => session.reset(),
  };
}
