/**
 * Feeds the acceptance tracker from the editor: changes of text, and the command that the editor runs for an accepted item.
 */
import * as vscode from 'vscode';
import { ACCEPTED_COMMAND, acceptanceHandler, type AcceptanceTracker } from '../completion/acceptance';

export function watchAcceptance(tracker: AcceptanceTracker, log: Pick<vscode.LogOutputChannel, 'debug'>): vscode.Disposable[] {
  return [
    vscode.commands.registerCommand(
      ACCEPTED_COMMAND,
      acceptanceHandler(tracker, (message) => log.debug(message)),
    ),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges, reason }) => {
      const documentKey = document.uri.toString();
      for (const { rangeOffset, rangeLength, text } of contentChanges) {
        tracker.changed({
          documentKey,
          offset: rangeOffset,
          removedLength: rangeLength,
          insertedText: text,
          isUndoOrRedo: reason !== undefined,
        });
      }
    }),
  ];
}
