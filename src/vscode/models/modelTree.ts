/**
 * The tree of the models view: reads the list when VS Code asks for it, and has unread files examined a few at a time.
 * Nothing happens while the view is hidden, since VS Code does not ask then.
 */
import * as vscode from 'vscode';
import type { ModelExaminer } from '../../model/modelExaminer';
import { factItem, factRows, modelItem, type FactRow, type ModelRow } from './modelItems';
import type { ModelList } from './modelList';

export type TreeRow = ModelRow | FactRow;

/** Files whose facts are shown together. */
const EXAMINED_AT_ONCE = 4;

export class ModelTree implements vscode.TreeDataProvider<TreeRow>, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changes.event;
  private examining = false;
  private hasUnread = false;
  private disposed = false;

  constructor(
    private readonly list: Pick<ModelList, 'read'>,
    private readonly examiner: Pick<ModelExaminer, 'examine'>,
    /** Sentences above the tree; empty: none. */
    private readonly showMessage: (message: string) => void,
  ) {}

  refresh(): void {
    this.changes.fire(undefined);
  }

  /** Files that nobody could examine are tried again, if there are any: a tree drawn anew under an open menu loses the menu's row. */
  refreshUnread(): void {
    if (this.hasUnread) this.refresh();
  }

  getTreeItem(row: TreeRow): vscode.TreeItem {
    return row.kind === 'model' ? modelItem(row) : factItem(row);
  }

  async getChildren(row?: TreeRow): Promise<TreeRow[]> {
    if (row !== undefined) return row.kind === 'model' ? factRows(row) : [];
    const { rows, notes } = await this.list.read();
    this.showMessage(notes.join(' '));
    const unread = rows.filter(({ facts }) => facts.kind === 'unread').slice(0, EXAMINED_AT_ONCE);
    this.hasUnread = unread.length > 0;
    if (this.hasUnread) void this.examineSome(unread);
    return [...rows];
  }

  dispose(): void {
    this.disposed = true;
    this.changes.dispose();
  }

  /** Drawing the tree anew brings the next few. When nothing could be read (no engine runs), it waits for the next refresh. */
  private async examineSome(rows: readonly ModelRow[]): Promise<void> {
    if (this.examining) return;
    this.examining = true;
    const found = await Promise.all(rows.map(({ entry }) => this.examiner.examine(entry.path)));
    this.examining = false;
    if (!this.disposed && found.some(({ kind }) => kind !== 'unread')) this.refresh();
  }
}
