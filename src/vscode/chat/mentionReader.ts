/**
 * Reads what a mention stands for, as the workspace is now.
 */
import * as vscode from 'vscode';
import { boundedMention, type MentionText } from '../../chat/mentionText';
import type { Mention } from '../../protocol/chat';
import { documentPath } from '../documentReader';
import { parsePlaceId, type Place } from './mentionIds';
import { readTextFile, type IsExcluded } from './readableFiles';

/** Lines around a problem that are needed to understand it. */
const PROBLEM_LINES = 8;
const PROBLEMS = 20;

/** Undefined: it is gone, or must not be read. */
export async function readMention(mention: Mention, isExcluded: IsExcluded): Promise<MentionText | undefined> {
  const place = parsePlaceId(mention.id);
  const file = place && (await readTextFile(place.uri, isExcluded));
  if (!place || !file) return undefined;
  const text = mention.kind === 'problem' ? problemText(file.text, place) : place.range ? textOf(file.text, place.range) : file.text;
  if (text === undefined || text.trim() === '') return undefined;
  return boundedMention({ label: mention.label, path: documentPath({ uri: place.uri }), languageId: file.languageId, text });
}

function textOf(text: string, { start, end }: vscode.Range): string {
  const lines = text.split(/\r\n|\r|\n/).slice(start.line, end.line + 1);
  const last = lines.length - 1;
  return lines
    .map((line, index) =>
      line.slice(index === 0 ? start.character : 0, index === last && start.line + last === end.line ? end.character : undefined),
    )
    .join('\n');
}

/** The lines around the problem, with what is said about them below. */
function problemText(text: string, { uri, range }: Place): string | undefined {
  const line = range?.start.line;
  const all = vscode.languages.getDiagnostics(uri);
  const chosen = all.filter((problem) => line === undefined || problem.range.start.line === line).slice(0, PROBLEMS);
  if (chosen.length === 0) return undefined;
  const messages = chosen.map((problem) => `line ${problem.range.start.line + 1}: ${problem.message}`).join('\n');
  const first = Math.max(0, (line ?? chosen[0]?.range.start.line ?? 0) - PROBLEM_LINES);
  const last = (line ?? chosen.at(-1)?.range.start.line ?? 0) + PROBLEM_LINES;
  const around = text.split(/\r\n|\r|\n/).slice(first, last + 1);
  return `${around.join('\n')}\n\nProblems:\n${messages}`;
}
