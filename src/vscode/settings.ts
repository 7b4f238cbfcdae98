/**
 * The extension's settings as types; the only place that reads them.
 * Their defaults and limits stand in package.json; values of the wrong type count as not set.
 */
import * as vscode from 'vscode';
import type { ProviderSettings } from '../completion/inlineCompletionProvider';
import type { SparsitySwitch } from '../protocol/dashboard';
import { MODE_CHOICES, type ModeChoice } from '../protocol/engineProtocol';

export interface EngineSettings {
  /** Empty: the bundled model. */
  readonly modelPath: string;
  /** 0 = physical cores */
  readonly threads: number;
}

export interface ContextSettings {
  readonly enabled: boolean;
  /** In the syntax of .gitignore. */
  readonly exclude: readonly string[];
}

export const SECTION = 'bamboo';
/** A change of these starts the engine afresh. */
export const ENGINE_SETTINGS: readonly string[] = ['bamboo.model.path', 'bamboo.threads'];
/** A change of these is for the next token. */
export const MODE_SETTINGS: readonly string[] = ['bamboo.mode', 'bamboo.sparse.strategy'];

/** A change of these changes what other files may be shown to the model, or which documents get completions. */
export const CONTEXT_SETTINGS: readonly string[] = ['bamboo.context', 'bamboo.exclude', 'bamboo.enabled', 'bamboo.languages'];

const MAX_EXCLUDE_PATTERNS = 200;
const LIMITS = { maxTokens: { min: 1, max: 256, default: 64 }, threads: { min: 0, max: 64, default: 0 } } as const;

/** Settings of one document: they may differ by folder and language. */
export function completionSettings(scope: vscode.ConfigurationScope | undefined): ProviderSettings {
  const settings = vscode.workspace.getConfiguration(SECTION, scope);
  return {
    enabled: settings.get<unknown>('enabled') !== false,
    languages: booleansOf(settings.get<unknown>('languages')),
    maxTokens: integerOf(settings.get<unknown>('completion.maxTokens'), LIMITS.maxTokens),
    multiline: settings.get<unknown>('completion.multiline') === 'never' ? 'never' : 'auto',
  };
}

export function contextSettings(scope: vscode.ConfigurationScope | undefined): ContextSettings {
  const settings = vscode.workspace.getConfiguration(SECTION, scope);
  const values = settings.inspect<unknown>('exclude');
  // The last pattern decides: the user's own come last, so that a workspace cannot bring back what they keep out.
  const exclude = [values?.workspaceFolderValue, values?.workspaceValue, values?.globalValue].flatMap(patternsOf);
  return { enabled: settings.get<unknown>('context.enabled') !== false, exclude };
}

function patternsOf(value: unknown): string[] {
  const patterns: unknown[] = Array.isArray(value) ? value : [];
  return patterns.filter((pattern) => typeof pattern === 'string').slice(0, MAX_EXCLUDE_PATTERNS);
}

export function engineSettings(): EngineSettings {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const modelPath = settings.get<unknown>('model.path');
  return {
    modelPath: typeof modelPath === 'string' ? modelPath.trim() : '',
    threads: integerOf(settings.get<unknown>('threads'), LIMITS.threads),
  };
}

/** Dense, or the strategy that serves sparse mode. */
export function modeSetting(): ModeChoice {
  return switchSetting() === 'dense' ? 'dense' : strategySetting();
}

export function switchSetting(): SparsitySwitch {
  return vscode.workspace.getConfiguration(SECTION).get<unknown>('mode') === 'dense' ? 'dense' : 'sparse';
}

export function strategySetting(): ModeChoice {
  const strategy = vscode.workspace.getConfiguration(SECTION).get<unknown>('sparse.strategy');
  return MODE_CHOICES.find((choice) => choice === strategy && choice !== 'dense') ?? 'auto';
}

/** The setting is the machine's (see package.json): there is one place to write it to, and nothing outranks what is written. */
export async function setSwitch(to: SparsitySwitch): Promise<void> {
  await vscode.workspace.getConfiguration(SECTION).update('mode', to, vscode.ConfigurationTarget.Global);
}

/** Switches completions on or off where the setting is set already: the folder's or workspace's own, else the user's. */
export async function toggleEnabled(): Promise<boolean> {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const enabled = settings.get<unknown>('enabled') === false;
  const inWorkspace = settings.inspect('enabled')?.workspaceValue !== undefined;
  await settings.update('enabled', enabled, inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global);
  return enabled;
}

function booleansOf(value: unknown): Record<string, boolean> {
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value).filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean');
  return Object.fromEntries(entries);
}

function integerOf(value: unknown, limits: { min: number; max: number; default: number }): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return limits.default;
  return Math.min(Math.max(Math.trunc(value), limits.min), limits.max);
}
