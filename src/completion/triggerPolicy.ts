/**
 * Whether to ask for a completion at all: settings, kind of document, files that may hold secrets, binary text, place of the cursor.
 * Pure and cheap: it runs on every keystroke before anything else. How much to suggest is cursorShape's matter.
 */
import { linePrefix, lineTail, type DocumentContext } from './documentContext';
import type { SilenceReason } from './silenceReason';

export interface TriggerSettings {
  readonly enabled: boolean;
  /** Language identifier to on or off; a language that is not listed is on. */
  readonly languages: Readonly<Record<string, boolean>>;
}

export interface TriggerDocument {
  readonly scheme: string;
  readonly languageId: string;
  readonly path: string;
}

/** Documents that are not code the user is writing: logs, diffs of other revisions, commit and comment inputs. */
const UNSUPPORTED_SCHEMES: ReadonlySet<string> = new Set([
  'output',
  'debug',
  'git',
  'gitlens',
  'comment',
  'vscode-scm',
  'vscode-terminal',
  'search-editor',
  'walkThroughSnippet',
  'bamboo-context',
  'bamboo-proposal',
]);
const UNSUPPORTED_LANGUAGES: ReadonlySet<string> = new Set(['log', 'Log', 'search-result', 'scminput', 'git-commit', 'git-rebase']);

/** File names that commonly hold keys, passwords or tokens. */
const SECRET_FILES: readonly RegExp[] = [
  /^\.env($|\.)/,
  /\.env$/,
  /\.(pem|key|pfx|p12|p8|keystore|jks|kdbx|gpg|asc|ppk|ovpn)$/,
  /^id_(rsa|dsa|ecdsa|ed25519)/,
  /^\.(npmrc|pypirc|netrc|pgpass|htpasswd|git-credentials|dockercfg|my\.cnf)$/,
  /^_netrc$/,
  /^credentials(\.json)?$/,
  /^(secrets?|service[-_]?account)\.(json|ya?ml|toml|ini|properties)$/,
  /\.tfvars(\.json)?$/,
];

/** Reasons that need no text, so that nothing of an excluded file is ever read. */
export function silentDocument(document: TriggerDocument, settings: TriggerSettings): SilenceReason | undefined {
  if (!settings.enabled) return 'disabled';
  if (UNSUPPORTED_SCHEMES.has(document.scheme) || UNSUPPORTED_LANGUAGES.has(document.languageId)) return 'unsupported-document';
  if (settings.languages[document.languageId] === false) return 'language-disabled';
  if (isSecretFile(document.path)) return 'excluded-file';
  return undefined;
}

/** Reasons that depend on the text around the cursor. `explicit`: the user asked by command, so soft reasons do not count. */
export function silentPosition(context: DocumentContext, explicit: boolean): SilenceReason | undefined {
  if (context.prefix.includes('\0') || context.suffix.includes('\0')) return 'binary-file';
  if (explicit) return undefined;
  if (context.prefix.trim() === '' && context.suffix.trim() === '') return 'empty-file';
  if (/[\p{L}\p{N}_]$/u.test(linePrefix(context)) && /^[\p{L}\p{N}_]/u.test(lineTail(context))) return 'inside-word';
  return undefined;
}

export function isSecretFile(path: string): boolean {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase();
  return SECRET_FILES.some((pattern) => pattern.test(name));
}
