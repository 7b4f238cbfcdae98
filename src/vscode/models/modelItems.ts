/**
 * Models as rows of the tree: one a model, its facts folded under it.
 * Names and sentences from model files are shown as text only, never as markdown.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import { MODEL_ROLES, type CatalogEntry, type ModelFacts } from '../../model/modelCatalog';
import { problemOf, refusalOf, roleInWords, shortSparsity, sizeInWords, sparsityInWords } from './modelWords';

export interface ModelRow {
  readonly kind: 'model';
  /** With the file's name where two models call themselves the same. */
  readonly name: string;
  readonly entry: CatalogEntry;
  readonly facts: ModelFacts;
  /** Listed because the user added it, whatever else lists it too. */
  readonly added: boolean;
}

export interface FactRow {
  readonly kind: 'fact';
  readonly label: string;
  readonly value: string;
  readonly icon: string;
  readonly isProblem: boolean;
}

export function modelItem(row: ModelRow): vscode.TreeItem {
  const { entry, facts } = row;
  const problem = problemOf(entry.path, facts);
  const broken = problem !== undefined;
  const item = new vscode.TreeItem(
    row.name,
    broken && entry.roles.length > 0 ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = entry.path;
  item.description = [...entry.roles.map(roleInWords), ...summary(row)].join(' · ');
  item.iconPath = broken
    ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
    : new vscode.ThemeIcon(roleIcon(entry));
  item.contextValue = contextOf(row);
  item.tooltip = tooltipOf(row);
  item.accessibilityInformation = { label: spoken(row) };
  return item;
}

export function factRows(row: ModelRow): FactRow[] {
  const { entry, facts } = row;
  const problem = problemOf(entry.path, facts);
  const fact = (label: string, value: string, icon: string): FactRow => ({ kind: 'fact', label, value, icon, isProblem: false });
  const rows: FactRow[] = [];
  if (problem !== undefined)
    rows.push({ kind: 'fact', label: vscode.l10n.t('Problem'), value: problem, icon: 'warning', isProblem: true });
  if (entry.roles.length > 0) {
    rows.push(fact(vscode.l10n.t('Serves'), entry.roles.map(roleInWords).join(', '), roleIcon(entry)));
  }
  if (facts.kind === 'unread') rows.push(fact(vscode.l10n.t('Contents'), vscode.l10n.t('not examined yet'), 'question'));
  if (facts.kind === 'known') {
    const { parameterCount, quantization, sparsity, hasPredictors, contextLength } = facts.file;
    rows.push(
      fact(vscode.l10n.t('Parameters'), `${(parameterCount / 1e6).toLocaleString('en', { maximumFractionDigits: 0 })} M`, 'symbol-number'),
      fact(vscode.l10n.t('Quantization'), quantization, 'symbol-ruler'),
      fact(vscode.l10n.t('Neurons'), sparsityInWords(sparsity, hasPredictors), 'circuit-board'),
      fact(vscode.l10n.t('Context'), vscode.l10n.t('{0} tokens', contextLength), 'list-flat'),
      fact(vscode.l10n.t('Can'), abilities(facts.file.canInfill, facts.file.canChat), 'checklist'),
    );
  }
  if (facts.kind !== 'missing') rows.push(fact(vscode.l10n.t('Size'), sizeInWords(bytesOf(facts)), 'database'));
  rows.push(fact(vscode.l10n.t('Path'), entry.path, 'file'));
  return rows;
}

export function factItem({ label, value, icon, isProblem }: FactRow): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.description = value;
  item.tooltip = value;
  item.iconPath = new vscode.ThemeIcon(icon, isProblem ? new vscode.ThemeColor('list.warningForeground') : undefined);
  item.contextValue = 'fact';
  item.accessibilityInformation = { label: `${label}: ${value}` };
  return item;
}

/** What the pick list says of a model below its name. */
export function modelDetail(row: ModelRow): string {
  return problemOf(row.entry.path, row.facts) ?? [...summary(row), row.entry.path].join(' · ');
}

export function roleIcon({ roles }: CatalogEntry): string {
  if (roles.length === 2) return 'pass-filled';
  return roles[0] === 'completion' ? 'code' : roles[0] === 'chat' ? 'comment-discussion' : 'package';
}

function summary({ entry, facts }: ModelRow): string[] {
  const bundled = entry.origin === 'bundled' ? [vscode.l10n.t('bundled')] : [];
  if (facts.kind === 'missing') return [...bundled, vscode.l10n.t('missing')];
  const size = sizeInWords(bytesOf(facts));
  if (problemOf(entry.path, facts) !== undefined) return [...bundled, vscode.l10n.t('cannot be loaded'), size];
  if (facts.kind !== 'known') return [...bundled, size];
  return [...bundled, size, facts.file.quantization, shortSparsity(facts.file.sparsity)];
}

function bytesOf(facts: Exclude<ModelFacts, { kind: 'missing' }>): number {
  return facts.kind === 'known' ? facts.file.fileBytes : facts.fileBytes;
}

function abilities(canInfill: boolean, canChat: boolean): string {
  const completes = canInfill ? vscode.l10n.t('fill in the middle') : vscode.l10n.t('go on with the text before the cursor');
  return [completes, ...(canChat ? [vscode.l10n.t('chat')] : [])].join(', ');
}

/** Words that the menus in package.json look for. */
function contextOf({ entry, facts, added }: ModelRow): string {
  const roles = MODEL_ROLES.filter((role) => !entry.roles.includes(role) && refusalOf(entry.path, facts, role) === undefined);
  return ['model', ...roles.map((role) => `may-serve-${role}`), ...(added ? ['added'] : [])].join(' ');
}

function tooltipOf(row: ModelRow): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  tooltip.appendText(row.name);
  for (const { label, value } of factRows(row)) {
    tooltip.appendMarkdown('\n\n');
    tooltip.appendText(`${label}: ${value}`);
  }
  return tooltip;
}

/** Begins with what is seen, so that people who speak to their computer can name the row by it. */
function spoken(row: ModelRow): string {
  const { entry, facts } = row;
  const seen = [row.name, ...entry.roles.map(roleInWords), ...summary(row)].join(', ');
  const roles = entry.roles.map(roleInWords).join(vscode.l10n.t(' and '));
  const problem = problemOf(entry.path, facts);
  return [
    seen,
    ...(roles === '' ? [] : [vscode.l10n.t('Serves {0}', roles)]),
    vscode.l10n.t('File {0}', path.basename(entry.path)),
    ...(problem === undefined ? [] : [problem]),
  ].join('. ');
}
