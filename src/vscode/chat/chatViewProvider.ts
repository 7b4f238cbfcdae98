/**
 * The webview of chat: its page, its messages in and out. What a message does is the controller's matter.
 * The view is not kept alive while it is hidden; it gets the state again when it appears.
 */
import type * as vscode from 'vscode';
import type { ChatToHost } from '../../protocol/chat';
import { webviewHtml, webviewRoot } from '../webviewHtml';
import type { ChatFeed } from './chatFeed';
import { parseChatMessage } from './chatMessages';

export const CHAT_VIEW = 'bamboo.chat';

export interface ChatViewParts {
  readonly extensionUri: vscode.Uri;
  readonly feed: ChatFeed;
  readonly handle: (message: ChatToHost) => Promise<void>;
  readonly warn: (message: string) => void;
}

export class ChatViewProvider implements vscode.WebviewViewProvider {
  constructor(private readonly parts: ChatViewParts) {}

  resolveWebviewView(view: vscode.WebviewView): void {
    const { extensionUri, feed } = this.parts;
    const { webview } = view;
    webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(extensionUri)] };
    const post = (message: unknown): void => void webview.postMessage(message);
    webview.onDidReceiveMessage((raw: unknown) => this.receive(raw, post));
    view.onDidChangeVisibility(() => {
      // Its page is built anew when it is shown again; it then says that it is ready.
      if (!view.visible) feed.detach();
    });
    view.onDidDispose(() => feed.detach());
    webview.html = webviewHtml(webview, extensionUri, 'chat');
  }

  private receive(raw: unknown, post: (message: unknown) => void): void {
    const parsed = parseChatMessage(raw);
    if ('problem' in parsed) {
      this.parts.warn(`The chat view sent a message that was ignored: ${parsed.problem}.`);
      return;
    }
    if (parsed.message.type === 'ready') {
      this.parts.feed.attach(post);
      return;
    }
    this.parts.handle(parsed.message).catch((thrown: unknown) => {
      const sentence = thrown instanceof Error ? thrown.message : String(thrown);
      this.parts.warn(`Chat could not do "${parsed.message.type}": ${sentence}`);
      this.parts.feed.send({ type: 'notice', text: sentence });
    });
  }
}
