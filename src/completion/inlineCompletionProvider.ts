/**
 * From keystroke to ghost text, step by step: may we ask, context, suggestion, item.
 * The steps live in their own files; this one joins them to the editor's API. A cancelled request never shows text, and a failure
 * never raises a message: it goes to the log and to the status bar.
 */
import * as vscode from 'vscode';
import type { MetricsStore } from '../metrics/metricsStore';
import type { PromptForm } from '../protocol/engineProtocol';
import { ACCEPTED_COMMAND, type ShownSuggestion } from './acceptance';
import { GROWTH_LIMITS } from './blockGrowth';
import type { CompletionOptions, Suggestion } from './completeOnce';
import type { CompletionSession, SessionOutcome } from './completionSession';
import { toDocumentEol, type DocumentContext } from './documentContext';
import { withSelectedEntry } from './selectedEntry';
import { SILENCE_SENTENCES, type SilenceReason } from './silenceReason';
import { silentDocument, silentPosition, type TriggerSettings } from './triggerPolicy';

export interface ProviderSettings extends TriggerSettings {
  readonly maxTokens: number;
  readonly multiline: CompletionOptions['multiline'];
}

/** What the provider tells the status bar. `request` counts up, so that the end of an overtaken request can be told from news. */
export type CompletionEvent = { readonly request: number } & (
  | { readonly kind: 'generating' }
  | { readonly kind: 'shown'; readonly latencyMs: number }
  | { readonly kind: 'silent'; readonly reason: SilenceReason }
);

export interface ProviderParts {
  readonly session: Pick<CompletionSession, 'suggest'>;
  /** Undefined while the engine can serve; otherwise why it cannot. */
  readonly engineSilence: () => 'engine-starting' | 'engine-stopped' | undefined;
  readonly contextLength: () => number;
  readonly promptForm: () => PromptForm;
  readonly settingsFor: (document: vscode.TextDocument) => ProviderSettings;
  readonly pathOf: (document: vscode.TextDocument) => string;
  /** Whether the user's ignore rules keep a document out; a promise only where they have to be read first. */
  readonly isExcluded?: (document: vscode.TextDocument) => boolean | Promise<boolean>;
  /** Reads windows around the cursor, never the whole document. */
  readonly readContext: (document: vscode.TextDocument, position: vscode.Position) => DocumentContext;
  readonly metrics: Pick<MetricsStore, 'recordSuggestion' | 'recordShown' | 'recordSilence'>;
  readonly now: () => number;
  /** Told what was returned to the editor and where, so that partial accepts can be recognised; false for the rest of the suggestion before. */
  readonly onShown: (shown: ShownSuggestion) => boolean;
  readonly report: (event: CompletionEvent) => void;
  readonly log: Pick<vscode.LogOutputChannel, 'trace' | 'debug' | 'info' | 'error'>;
}

type SuggestionOutcome = Extract<SessionOutcome, { readonly kind: 'suggestion' }>;

/** Longer lines get items that begin at the cursor: repeating them would copy too much. */
const LINE_START_LIMIT_CHARS = 1024;

export class BambooInlineCompletionProvider implements vscode.InlineCompletionItemProvider {
  private requests = 0;
  private lastReason: SilenceReason | undefined;

  constructor(private readonly parts: ProviderParts) {}

  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    trigger: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[]> {
    const startMs = this.parts.now();
    const request = ++this.requests;
    try {
      const result = await this.complete(request, document, position, trigger, token);
      if (typeof result === 'string') return this.silent(request, result);
      const item = itemOf(result.suggestion, document, position, trigger.selectedCompletionInfo);
      const latencyMs = this.parts.now() - startMs;
      const isNew = this.parts.onShown(shownSuggestion(item, document, position, result.suggestion));
      // Typed along, one suggestion is returned anew with every character.
      if (isNew) this.parts.metrics.recordShown(result.source === 'cache');
      this.shown(request, result, latencyMs);
      return [item];
    } catch (error) {
      this.parts.log.error(`No completion: ${error instanceof Error ? error.message : String(error)}`);
      return this.silent(request, this.parts.engineSilence() === 'engine-stopped' ? 'engine-stopped' : 'engine-error');
    }
  }

  private async complete(
    request: number,
    document: vscode.TextDocument,
    position: vscode.Position,
    trigger: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<SuggestionOutcome | SilenceReason> {
    const { parts } = this;
    const settings = parts.settingsFor(document);
    const { scheme } = document.uri;
    const forbidden = silentDocument({ scheme, languageId: document.languageId, path: parts.pathOf(document) }, settings);
    if (forbidden) return forbidden;
    const excluded = parts.isExcluded?.(document);
    // Waiting for what is known already would put every keystroke off.
    if (excluded instanceof Promise ? await excluded : excluded) return 'ignored-file';
    if (parts.engineSilence() === 'engine-stopped') return 'engine-stopped';

    const atCursor = parts.readContext(document, position);
    const explicit = trigger.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
    const pointless = silentPosition(atCursor, explicit);
    if (pointless) return pointless;
    const context = extendedBy(trigger.selectedCompletionInfo, atCursor, position);
    if (!context) return 'popup-mismatch';

    const { maxTokens, multiline } = settings;
    const model = { contextLength: parts.contextLength(), promptForm: parts.promptForm() };
    const options = { maxTokens, multiline, ...model, growthBudgetMs: GROWTH_LIMITS.budgetMs };
    parts.report({ request, kind: 'generating' });
    const outcome = await withSignal(token, (signal) => parts.session.suggest(context, options, signal));
    if (token.isCancellationRequested) return parts.engineSilence() ?? 'cancelled';
    return outcome.kind === 'none' ? outcome.reason : outcome;
  }

  private shown(request: number, { suggestion, source, results }: SuggestionOutcome, latencyMs: number): void {
    const { metrics, log, report } = this.parts;
    if (source === 'model') metrics.recordSuggestion(latencyMs, results);
    log.debug(`Shown after ${Math.round(latencyMs)} ms: ${suggestion.text.length} characters.`);
    log.trace(`Shown: ${JSON.stringify(suggestion.text)}`);
    report({ request, kind: 'shown', latencyMs });
    this.lastReason = undefined;
  }

  /** Every silence is logged; only a new reason is worth a line at level info, or the log would grow with every keystroke. */
  private silent(request: number, reason: SilenceReason): [] {
    const isNews = reason !== this.lastReason && reason !== 'cancelled';
    if (isNews) this.lastReason = reason;
    this.parts.metrics.recordSilence(reason);
    this.parts.log[isNews ? 'info' : 'debug'](`Nothing suggested (${reason}): ${SILENCE_SENTENCES[reason]}`);
    this.parts.report({ request, kind: 'silent', reason });
    return [];
  }
}

/** The context after the entry selected in the suggest widget, if one is; undefined when the entry is not at the cursor. */
function extendedBy(
  selected: vscode.SelectedCompletionInfo | undefined,
  context: DocumentContext,
  position: vscode.Position,
): DocumentContext | undefined {
  if (!selected) return context;
  const { start, end } = selected.range;
  if (start.line !== position.line || end.line !== position.line) return undefined;
  const entry = { text: selected.text, charsBefore: position.character - start.character, charsAfter: end.character - position.character };
  return withSelectedEntry(context, entry);
}

/**
 * The item replaces its line from the start, so that ghost text does not flicker while the typed part grows;
 * beside the suggest widget it must begin where the selected entry begins.
 */
function itemOf(
  suggestion: Suggestion,
  document: vscode.TextDocument,
  position: vscode.Position,
  selected: vscode.SelectedCompletionInfo | undefined,
): vscode.InlineCompletionItem {
  const text = textFor(document, suggestion);
  const lineStart = position.character <= LINE_START_LIMIT_CHARS ? position.with(undefined, 0) : position;
  const start = selected ? selected.range.start : lineStart;
  const end = (selected ? selected.range.end : position).translate(0, suggestion.tailLength);
  const replaced = selected ? selected.text : textBetween(document, start, position);
  const item = new vscode.InlineCompletionItem(replaced + text, new vscode.Range(start, end));
  item.command = { command: ACCEPTED_COMMAND, title: 'Suggestion accepted', arguments: [suggestion.text.length] };
  return item;
}

/** The item as what the document will hold from its start on. */
function shownSuggestion(
  { insertText, range }: vscode.InlineCompletionItem,
  document: vscode.TextDocument,
  position: vscode.Position,
  suggestion: Suggestion,
): ShownSuggestion {
  const present = range ? textBetween(document, range.start, position) : '';
  const text = typeof insertText === 'string' ? insertText : insertText.value;
  return {
    documentKey: document.uri.toString(),
    startOffset: document.offsetAt(position) - present.length,
    present,
    text,
    suggestedFrom: text.length - textFor(document, suggestion).length,
  };
}

function textFor(document: vscode.TextDocument, suggestion: Suggestion): string {
  return toDocumentEol(suggestion.text, document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n');
}

/** Both on the same line. */
function textBetween(document: vscode.TextDocument, start: vscode.Position, end: vscode.Position): string {
  return document.lineAt(end.line).text.slice(start.character, end.character);
}

/** Runs a task with a signal that follows the editor's token. */
async function withSignal<T>(token: vscode.CancellationToken, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  const subscription = token.onCancellationRequested(() => controller.abort());
  try {
    return await task(controller.signal);
  } finally {
    subscription.dispose();
  }
}
