/**
 * Joins the collectors of src/context to the editor's events, and tells the provider which documents are excluded.
 * Decides nothing itself: what is collected and when is in src/context.
 */
import * as vscode from 'vscode';
import { planPrompt, type PromptOptions } from '../../completion/promptPlan';
import type { SilenceReason } from '../../completion/silenceReason';
import { isWrittenScheme, silentDocument, type TriggerSettings } from '../../completion/triggerPolicy';
import { editedRegions } from '../../context/collectors/editedRegions';
import { importSignatures } from '../../context/collectors/importSignatures';
import { siblingWindows, tabWindows } from '../../context/collectors/similarFiles';
import { ContextCollection } from '../../context/contextCollection';
import { ContextRefresher, type RefresherParts } from '../../context/contextRefresher';
import { fileKey, type FileRef } from '../../context/fileRef';
import { IGNORE_FILES, IgnoreRules } from '../../context/ignoreRules';
import { ProjectFiles } from '../../context/projectFiles';
import { RecentEdits } from '../../context/recentEdits';
import { RecentFiles } from '../../context/recentFiles';
import type { ContextTarget } from '../../context/snippetCandidate';
import { SnippetSets } from '../../context/snippetSets';
import type { PromptSnippet } from '../../prompt/promptSnippet';
import { readDocumentContext } from '../documentReader';
import { isWrittenByUser } from '../lastEditor';
import { CONTEXT_SETTINGS, type ContextSettings } from '../settings';
import { contextTargetOf } from './contextTarget';
import { definitionSymbols } from './definitionSymbols';
import { editorFileAccess, readIgnoreFile, type Wait } from './fileAccess';
import { isWorkspaceRoot, refOf } from './fileRefs';
import { registerShowContext } from './showContext';

export interface ContextParts {
  readonly settingsFor: (scope: vscode.ConfigurationScope | undefined) => ContextSettings;
  /** Whether completions are on for a document: where they are not, nothing is collected. */
  readonly triggerSettingsFor: (document: vscode.TextDocument) => TriggerSettings;
  readonly pathOf: (document: vscode.TextDocument) => string;
  /** For the command that shows a prompt. */
  readonly promptOptionsFor: (document: vscode.TextDocument) => PromptOptions;
  readonly now: () => number;
  readonly wait: Wait;
  readonly debug: (message: string) => void;
  /** The prompts of a document begin otherwise from now on. */
  readonly onDidChangeSnippets?: (documentKey: string) => void;
}

export interface ContextRegistration {
  readonly snippetsFor: (documentKey: string) => readonly PromptSnippet[];
  /** Whether ignore files or the setting keep a document out; at once when it was asked about before. */
  readonly isExcluded: (document: Pick<vscode.TextDocument, 'uri'>) => boolean | Promise<boolean>;
  readonly disposables: readonly vscode.Disposable[];
}

/** An edit of more places at once is a formatter or a checkout, not the user. */
const MAX_EDITED_PLACES = 20;

export function registerContext(parts: ContextParts): ContextRegistration {
  const { now, wait, debug, settingsFor } = parts;
  const ignoreRules = new IgnoreRules({
    read: (ref) => readIgnoreFile(ref, wait),
    patterns: (root) => settingsFor(vscode.Uri.parse(root)).exclude,
  });
  const files = new ProjectFiles(editorFileAccess(ignoreRules, wait), now);
  const sets = new SnippetSets();
  const edits = new RecentEdits();
  const viewed = new RecentFiles();
  const collectors = [
    importSignatures,
    editedRegions(() => edits.recent()),
    tabWindows(() => openFiles(viewed)),
    siblingWindows,
    definitionSymbols(wait),
  ];
  const collection = new ContextCollection({ collectors, files, sets, now, debug });
  const refresher = new ContextRefresher({
    collect: (target, options) => collection.refresh(target, options),
    target: () => activeTarget(parts, ignoreRules),
    schedule: wait,
    onChanged: (documentKey) => parts.onDidChangeSnippets?.(documentKey),
  });
  const startOver = (): void => {
    ignoreRules.clear();
    files.clear();
    sets.clear();
    refresher.startOver();
  };
  const snippetsFor = (documentKey: string): readonly PromptSnippet[] => sets.snippetsFor(documentKey);
  const disposables = [
    ...subscribe({ refresher, files, sets, edits, viewed }),
    ...watchExclusions(startOver),
    ...registerShowContext(async (document, position) => {
      if (silenceOf(document, parts) !== undefined || (await isExcluded(document, ignoreRules))) return undefined;
      const context = readDocumentContext(document, position);
      return planPrompt(context, parts.promptOptionsFor(document), snippetsFor(context.documentKey));
    }),
    { dispose: () => refresher.dispose() },
  ];
  const active = vscode.window.activeTextEditor;
  if (active && isWrittenByUser(active.document)) viewed.viewed(refOf(active.document.uri));
  refresher.switched();
  return {
    snippetsFor: (documentKey) => sets.snippetsFor(documentKey),
    isExcluded: (document) => isExcluded(document, ignoreRules),
    disposables,
  };
}

interface Trackers {
  readonly refresher: ContextRefresher;
  readonly files: ProjectFiles;
  readonly sets: SnippetSets;
  readonly edits: RecentEdits;
  readonly viewed: RecentFiles;
}

function subscribe({ refresher, files, sets, edits, viewed }: Trackers): vscode.Disposable[] {
  const isActive = (document: vscode.TextDocument): boolean => document === vscode.window.activeTextEditor?.document;
  return [
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      if (!editor) return;
      if (isWrittenByUser(editor.document)) viewed.viewed(refOf(editor.document.uri));
      refresher.switched();
    }),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (isActive(textEditor.document)) refresher.cursorMoved();
    }),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (!isActive(document) || contentChanges.length === 0 || !isWrittenByUser(document)) return;
      recordEdits(edits, refOf(document.uri), contentChanges);
      refresher.edited();
    }),
    vscode.workspace.onDidSaveTextDocument((document) => {
      files.forget(refOf(document.uri));
      if (isActive(document)) refresher.saved();
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      sets.forget(uri.toString());
      edits.forget(refOf(uri));
    }),
  ];
}

function recordEdits(edits: RecentEdits, file: FileRef, changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
  if (changes.length > MAX_EDITED_PLACES) return;
  for (const { range, text } of changes) {
    edits.record(file, { startLine: range.start.line, endLine: range.end.line, insertedBreaks: text.split('\n').length - 1 });
  }
}

function watchExclusions(startOver: () => void): vscode.Disposable[] {
  const watcher = vscode.workspace.createFileSystemWatcher(`**/{${IGNORE_FILES.join(',')}}`);
  return [
    watcher,
    watcher.onDidChange(startOver),
    watcher.onDidCreate(startOver),
    watcher.onDidDelete(startOver),
    vscode.workspace.onDidGrantWorkspaceTrust(startOver),
    vscode.workspace.onDidChangeWorkspaceFolders(startOver),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (CONTEXT_SETTINGS.some((setting) => change.affectsConfiguration(setting))) startOver();
    }),
  ];
}

/** Nothing of an ignored document is read, not even to find context for it. */
function activeTarget(parts: ContextParts, ignoreRules: IgnoreRules): ReturnType<RefresherParts['target']> {
  const editor = vscode.window.activeTextEditor;
  if (!editor || !parts.settingsFor(editor.document).enabled || silenceOf(editor.document, parts) !== undefined) return undefined;
  const excluded = isExcluded(editor.document, ignoreRules);
  const unless = (isOut: boolean): ContextTarget | undefined => (isOut ? undefined : contextTargetOf(editor));
  return excluded instanceof Promise ? excluded.then(unless) : unless(excluded);
}

function silenceOf(document: vscode.TextDocument, { triggerSettingsFor, pathOf }: ContextParts): SilenceReason | undefined {
  const { scheme } = document.uri;
  return silentDocument({ scheme, languageId: document.languageId, path: pathOf(document) }, triggerSettingsFor(document));
}

/** What the user viewed, then what else is open in tabs. */
function openFiles(viewed: RecentFiles): FileRef[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const uris = tabs.flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri] : []));
  const refs = [...viewed.recent(), ...uris.filter(({ scheme }) => isWrittenScheme(scheme)).map(refOf)];
  return [...new Map(refs.map((ref) => [fileKey(ref), ref])).values()];
}

function isExcluded(document: Pick<vscode.TextDocument, 'uri'>, ignoreRules: IgnoreRules): boolean | Promise<boolean> {
  const ref = refOf(document.uri);
  return isWorkspaceRoot(ref.root) && ignoreRules.isIgnored(ref);
}
