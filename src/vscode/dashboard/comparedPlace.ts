/**
 * Where a comparison is made: the cursor of the editor that the user was in last, if completions may read that document at all.
 */
import * as vscode from 'vscode';
import type { DocumentContext } from '../../completion/documentContext';
import { SILENCE_SENTENCES } from '../../completion/silenceReason';
import { silentDocument, silentPosition } from '../../completion/triggerPolicy';
import type { SilenceReason } from '../../completion/silenceReason';
import { documentPath, readDocumentContext } from '../documentReader';
import type { EditorPlace } from '../lastEditor';

/**
 * The place, or a sentence that says why there is none. Nothing is read of a document that may hold secrets or that is ignored.
 * `isIgnored`: what the ignore files and bamboo.exclude say about the editor's document.
 */
export function comparedPlace(editor: EditorPlace | undefined, isIgnored: boolean): DocumentContext | string {
  if (!editor) return vscode.l10n.t('Open a file, put the cursor where code is missing, and compare again.');
  const { document, selection } = editor;
  const forbidden = silence(document) ?? (isIgnored ? 'ignored-file' : undefined);
  if (forbidden) return SILENCE_SENTENCES[forbidden];
  const context = readDocumentContext(document, selection.active);
  const pointless = silentPosition(context, true);
  return pointless ? SILENCE_SENTENCES[pointless] : context;
}

/** Whether completions are switched off does not matter: this was asked for. */
function silence(document: vscode.TextDocument): SilenceReason | undefined {
  const { uri, languageId } = document;
  return silentDocument({ scheme: uri.scheme, languageId, path: documentPath(document) }, { enabled: true, languages: {} });
}
