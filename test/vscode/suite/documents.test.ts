/**
 * Documents that break naive code: empty, tiny, huge, CRLF, characters outside the basic plane.
 * Each time the document keeps what it had, and the engine still serves afterwards, in the same process.
 */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { BambooApi } from '../../../src/extension';
import { activateBamboo, assertServing } from './extensionUnderTest';
import { acceptGhostText, closeAllEditors, keepsSurroundings, openDocument, showWithCursor, type OpenedDocument } from './ghostText';

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

suite('documents', () => {
  let bamboo: BambooApi;
  let workerPid: number | undefined;

  suiteSetup(async () => {
    bamboo = await activateBamboo();
    workerPid = bamboo.workerPid();
  });
  teardown(closeAllEditors);

  /** Asks for ghost text, accepts whatever comes, and checks what must hold for every document. */
  async function complete(opened: OpenedDocument): Promise<string> {
    const inserted = await acceptGhostText(opened);
    assert.ok(keepsSurroundings(opened), 'text around the cursor changed');
    assertServing(bamboo);
    assert.equal(bamboo.workerPid(), workerPid, 'the worker was restarted');
    return inserted;
  }

  test('an empty document', async () => {
    await complete(await openDocument('typescript', ''));
  });

  test('a document of one character, cursor before and after it', async () => {
    await complete(await openDocument('typescript', 'f'));
    await complete(await openDocument('typescript', '', 'f'));
  });

  test('a CRLF document keeps its line ends', async () => {
    const prefix = 'const numbers = [1, 2, 3];\r\nlet sum = 0;\r\nfor (const number of numbers) {\r\n';
    const document = await vscode.workspace.openTextDocument({
      language: 'typescript',
      content: `${prefix}\r\n}\r\nconsole.log(sum);\r\n`,
    });
    // An untitled document takes the platform's line end, whatever its content says.
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.CRLF));
    assert.equal(document.eol, vscode.EndOfLine.CRLF);
    await complete(await showWithCursor(document, prefix.length));
    assert.doesNotMatch(document.getText(), /[^\r]\n/);
  });

  test('emoji and CJK around the cursor stay whole', async () => {
    const prefix = '// 价格を計算する 🎋👩‍👩‍👧 関数\nconst 合計 = (値: number[]) => {\n  let 総和 = 0; // 🧮\n  return ';
    const opened = await openDocument('typescript', prefix, '\n};\n// 終わり 🏁\n');
    const inserted = await complete(opened);
    assert.doesNotMatch(inserted, LONE_SURROGATE);
    assert.doesNotMatch(inserted, /\uFFFD/);
  });

  test('a cursor between the two halves of an emoji does not tear it apart', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'typescript', content: 'const panda = "🐼";\n' });
    await acceptGhostText(await showWithCursor(document, 'const panda = "'.length + 1)); // the editor moves the cursor to an edge
    assert.ok(document.getText().includes('🐼'));
    assert.doesNotMatch(document.getText(), LONE_SURROGATE);
    assert.equal(bamboo.workerPid(), workerPid, 'the worker was restarted');
  });

  test('a document of 50,000 lines, cursor in the middle and at the end', async () => {
    const lines = Array.from({ length: 50_000 }, (_, index) => `export const value${index} = ${index};`);
    const document = await vscode.workspace.openTextDocument({ language: 'typescript', content: lines.join('\n') });
    await complete(await showWithCursor(document, document.offsetAt(new vscode.Position(25_000, 5))));
    await complete(await showWithCursor(document, document.getText().length));
  });
});
