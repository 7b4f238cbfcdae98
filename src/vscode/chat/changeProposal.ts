/**
 * Code of an answer as a proposed change: shown in the editor's own diff, applied in one undo step, refused when the document changed meanwhile.
 * One proposal at a time; a newer one replaces it.
 */
import * as vscode from 'vscode';
import { indented } from '../../chat/indentCode';
import type { LastEditor } from '../lastEditor';

export const PROPOSAL_SCHEME = 'bamboo-proposal';

interface Proposal {
  readonly id: number;
  readonly documentUri: vscode.Uri;
  readonly name: string;
  readonly range: vscode.Range;
  readonly originalText: string;
  readonly newText: string;
  readonly proposedText: string;
}

export class ChangeProposal implements vscode.TextDocumentContentProvider {
  private proposal: Proposal | undefined;
  private count = 0;

  constructor(private readonly tell: (sentence: string) => void) {}

  provideTextDocumentContent(uri: vscode.Uri): string {
    return uri.query === String(this.proposal?.id) ? (this.proposal?.proposedText ?? '') : '';
  }

  /** In place of the selection, or of the whole document where nothing is selected. Shows the diff and asks without blocking. */
  async propose(code: string, { editor }: Pick<LastEditor, 'editor'>): Promise<void> {
    if (!editor) {
      this.tell(vscode.l10n.t('Open a file first: there is no editor to apply the code to.'));
      return;
    }
    await this.discard();
    const { document, selection } = editor;
    const originalText = document.getText();
    const proposal = { ...proposalFor(document, selection, originalText, code), id: (this.count += 1) };
    this.proposal = proposal;
    const uri = vscode.Uri.from({ scheme: PROPOSAL_SCHEME, path: document.uri.path, query: String(proposal.id) });
    const title = vscode.l10n.t('{0}: proposed by Bamboo', proposal.name);
    await vscode.commands.executeCommand('vscode.diff', document.uri, uri, title, { preview: true });
    void this.ask(proposal);
  }

  /** Returns whether the document was changed. */
  async apply(): Promise<boolean> {
    const { proposal } = this;
    if (!proposal) return false;
    this.proposal = undefined;
    const document = await vscode.workspace.openTextDocument(proposal.documentUri);
    if (document.getText() !== proposal.originalText) {
      await closeDiff(proposal.id);
      this.tell(vscode.l10n.t('{0} changed since the change was proposed, so it was not applied. Propose it again.', proposal.name));
      return false;
    }
    const edit = new vscode.WorkspaceEdit();
    edit.replace(proposal.documentUri, proposal.range, proposal.newText);
    const done = await vscode.workspace.applyEdit(edit);
    await closeDiff(proposal.id);
    this.tell(
      done
        ? vscode.l10n.t('Applied to {0}. Undo takes it back.', proposal.name)
        : vscode.l10n.t('The editor did not accept the change to {0}. Is the file read-only?', proposal.name),
    );
    return done;
  }

  async discard(): Promise<void> {
    const { proposal } = this;
    this.proposal = undefined;
    if (proposal) await closeDiff(proposal.id);
  }

  private async ask(proposal: Proposal): Promise<void> {
    const apply = vscode.l10n.t('Apply');
    const discard = vscode.l10n.t('Discard');
    const answer = await vscode.window.showInformationMessage(vscode.l10n.t('Apply the change to {0}?', proposal.name), apply, discard);
    // It may have been decided by the buttons of the diff meanwhile.
    if (this.proposal !== proposal) return;
    if (answer === apply) await this.apply();
    if (answer === discard) await this.discard();
  }
}

function proposalFor(document: vscode.TextDocument, selection: vscode.Range, originalText: string, code: string): Omit<Proposal, 'id'> {
  const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
  const isWhole = document.offsetAt(selection.start) === document.offsetAt(selection.end);
  const start = isWhole ? 0 : document.offsetAt(selection.start);
  const end = isWhole ? originalText.length : document.offsetAt(selection.end);
  const range = isWhole ? new vscode.Range(document.positionAt(0), document.positionAt(end)) : selection;
  const newline = originalText.includes('\r\n') ? '\r\n' : '\n';
  const replaced = originalText.slice(start, end);
  const lineStart = originalText.lastIndexOf('\n', start - 1) + 1;
  const indentation = isWhole ? '' : (/^[ \t]*/.exec(originalText.slice(lineStart))?.[0] ?? '');
  // The first line needs its indentation only where the selection took it away.
  const lead = originalText.slice(lineStart, start).trim() === '' ? indentation.slice(start - lineStart) : '';
  const tail = replaced.endsWith('\n') ? '\n' : '';
  const newText = (lead + indented(code, indentation) + tail).replaceAll('\n', newline);
  const proposedText = originalText.slice(0, start) + newText + originalText.slice(end);
  return { documentUri: document.uri, name, range, originalText, newText, proposedText };
}

async function closeDiff(id: number): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const ours = tabs.filter(({ input }) => {
    if (!(input instanceof vscode.TabInputTextDiff)) return false;
    return input.modified.scheme === PROPOSAL_SCHEME && input.modified.query === String(id);
  });
  if (ours.length > 0) await vscode.window.tabGroups.close(ours);
}
