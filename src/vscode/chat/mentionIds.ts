/**
 * How a mention names a place: a file, or lines of one. The view hands these back, so they are checked like any input.
 */
import * as vscode from 'vscode';

export interface Place {
  readonly uri: vscode.Uri;
  readonly range?: vscode.Range;
}

export function placeId(uri: vscode.Uri, range?: vscode.Range): string {
  if (!range) return uri.toString();
  const { start, end } = range;
  return `${uri.toString()}|${start.line}:${start.character}-${end.line}:${end.character}`;
}

export function parsePlaceId(id: string): Place | undefined {
  const match = /^([^|]+)(?:\|(\d{1,9}):(\d{1,9})-(\d{1,9}):(\d{1,9}))?$/.exec(id);
  if (match?.[1] === undefined) return undefined;
  const numbers = match.slice(2).map(Number);
  try {
    const uri = vscode.Uri.parse(match[1], true);
    if (match[2] === undefined) return { uri };
    const [startLine = 0, startCharacter = 0, endLine = 0, endCharacter = 0] = numbers;
    return { uri, range: new vscode.Range(new vscode.Position(startLine, startCharacter), new vscode.Position(endLine, endCharacter)) };
  } catch {
    return undefined;
  }
}
