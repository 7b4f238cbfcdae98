/**
 * The page that a view of the sidebar begins with: its bundle, its styles, and a content security policy that allows nothing else.
 * No text from files or models ever goes into this page; it reaches the views as messages.
 */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

export type ViewName = 'dashboard' | 'chat';

/** The only folder that views may load from. */
export function webviewRoot(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
}

export function webviewHtml(webview: Pick<vscode.Webview, 'asWebviewUri' | 'cspSource'>, extensionUri: vscode.Uri, view: ViewName): string {
  const nonce = randomBytes(16).toString('base64url');
  const address = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(webviewRoot(extensionUri), file)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Bamboo</title>
    <link rel="stylesheet" id="vscode-codicon-stylesheet" href="${address('codicon.css')}" />
    <link rel="stylesheet" href="${address(`${view}.css`)}" />
  </head>
  <body>
    <script nonce="${nonce}" src="${address(`${view}.js`)}"></script>
  </body>
</html>`;
}
