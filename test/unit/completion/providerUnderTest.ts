/**
 * The provider with a fake engine and a clock that the test moves, and the ways to ask it. Tests that use it mock 'vscode'.
 */
import type * as vscode from 'vscode';
import { AcceptanceTracker, type ShownSuggestion } from '../../../src/completion/acceptance';
import { CompletionSession } from '../../../src/completion/completionSession';
import { BambooInlineCompletionProvider, type CompletionEvent, type ProviderParts } from '../../../src/completion/inlineCompletionProvider';
import { MetricsStore } from '../../../src/metrics/metricsStore';
import { documentPath, readDocumentContext } from '../../../src/vscode/documentReader';
import { fakeDocument, type FakeDocument, type FakeDocumentOptions } from '../vscode/fakeDocument';
import { Position, Range } from '../vscode/fakeVscode';
import { controlledEngine, manualClock } from './controlledEngine';

interface Shown {
  readonly text: string;
  /** The document's lines after the item was accepted. */
  readonly accepted: string[];
  readonly item: vscode.InlineCompletionItem;
}

export function setUp(overrides: Partial<ProviderParts> = {}) {
  const engine = controlledEngine();
  const clock = manualClock();
  const metrics = new MetricsStore();
  const events: CompletionEvent[] = [];
  const logged: string[] = [];
  const acceptance = new AcceptanceTracker(metrics);
  const followed: ShownSuggestion[] = [];
  const write = (message: string): number => logged.push(message);
  const provider = new BambooInlineCompletionProvider({
    session: new CompletionSession({ generate: engine.generate, metrics, now: clock.now, schedule: clock.schedule }),
    engineSilence: () => undefined,
    contextLength: () => 2048,
    promptForm: () => 'infilling',
    settingsFor: () => ({ enabled: true, languages: { markdown: false }, maxTokens: 64, multiline: 'auto' }),
    pathOf: documentPath,
    readContext: readDocumentContext,
    metrics,
    now: clock.now,
    onShown: (shown) => {
      followed.push(shown);
      return acceptance.shown(shown);
    },
    report: (event) => events.push(event),
    log: { trace: () => undefined, debug: write, info: write, error: write },
    ...overrides,
  });
  return { ...engine, clock, metrics, events, logged, followed, acceptance, provider };
}

export type SetUp = ReturnType<typeof setUp>;

export interface AskOptions extends FakeDocumentOptions {
  readonly selected?: { text: string; from: number; to: number };
  readonly explicit?: boolean;
}

export function ask(subject: SetUp, marked: string, options: AskOptions = {}) {
  const opened: FakeDocument = fakeDocument(marked, options);
  const listeners = new Set<() => void>();
  const token = {
    isCancellationRequested: false,
    onCancellationRequested: (listener: () => void) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  };
  const { line } = opened.position;
  const selectedCompletionInfo = options.selected && {
    text: options.selected.text,
    range: new Range(new Position(line, options.selected.from), new Position(line, options.selected.to)),
  };
  const trigger = { triggerKind: options.explicit ? 0 : 1, selectedCompletionInfo } as unknown as vscode.InlineCompletionContext;
  const items = subject.provider.provideInlineCompletionItems(opened.document, opened.position, trigger, token as vscode.CancellationToken);
  return {
    ...opened,
    items,
    listeners,
    cancel: () => {
      token.isCancellationRequested = true;
      for (const listener of listeners) listener();
    },
  };
}

export async function shownBy(asked: ReturnType<typeof ask>, marked: string): Promise<Shown | undefined> {
  const [item] = await asked.items;
  if (!item?.range || typeof item.insertText !== 'string') return undefined;
  const lines = marked.replace('¦', '').split(/\r?\n/);
  const { start, end } = item.range;
  const line = lines[start.line] ?? '';
  lines[start.line] = line.slice(0, start.character) + item.insertText + line.slice(end.character);
  return { text: item.insertText, accepted: lines, item };
}
