/**
 * What each message of the chat view does: one line here, the doing elsewhere.
 */
import * as vscode from 'vscode';
import type { ChatSession } from '../../chat/chatSession';
import type { ChatHistory } from '../../chat/chatHistory';
import type { ChatAction, ChatToHost } from '../../protocol/chat';
import type { ChangeProposal } from './changeProposal';
import type { ChatFeed } from './chatFeed';
import { copyText, insertAtCursor, openAsNewFile } from './codeActions';
import { exportConversations } from './exportHistory';
import type { LastEditor } from '../lastEditor';
import { suggestMentions } from './mentionSuggestions';
import type { IsExcluded } from './readableFiles';

export interface ChatControllerParts {
  readonly session: ChatSession;
  readonly history: Pick<ChatHistory, 'find'>;
  readonly feed: Pick<ChatFeed, 'send'>;
  readonly proposal: Pick<ChangeProposal, 'propose'>;
  readonly editors: Pick<LastEditor, 'editor'>;
  readonly isExcluded: IsExcluded;
  readonly showLog: () => void;
  readonly chooseModel: () => Promise<unknown>;
}

export class ChatController {
  private latestQuery = '';

  constructor(private readonly parts: ChatControllerParts) {}

  /** Rejects with a sentence. Does not wait for answers. */
  async handle(message: ChatToHost): Promise<void> {
    const { session, feed } = this.parts;
    switch (message.type) {
      case 'ready':
        return;
      case 'action':
        return this.act(message.action);
      case 'send':
        return session.send(message.text, message.mentions);
      case 'regenerate':
        return session.regenerate(message.messageId);
      case 'edit':
        return session.edit(message.messageId, message.text);
      case 'code':
        return this.useCode(message);
      case 'copyMessage':
        return this.copyMessage(message.messageId);
      case 'open':
        session.open(message.conversationId);
        return;
      case 'delete':
        return session.remove(message.conversationId);
      case 'export':
        return this.export(message.conversationId);
      case 'search':
        feed.send({ type: 'found', query: message.query, conversations: session.search(message.query) });
        return;
      case 'mentionQuery':
        return this.suggest(message.query);
      case 'draft':
        return session.setDraft(message.text, message.mentions);
    }
  }

  private async act(action: ChatAction): Promise<void> {
    const { session, showLog, chooseModel } = this.parts;
    switch (action) {
      case 'stop':
        session.stop();
        return;
      case 'newConversation':
        session.newConversation();
        return;
      case 'chooseModel':
        await chooseModel();
        return;
      case 'showLog':
        showLog();
        return;
      case 'settings':
        await vscode.commands.executeCommand('workbench.action.openSettings', 'bamboo.chat');
    }
  }

  private async useCode({ action, code, language }: Extract<ChatToHost, { type: 'code' }>): Promise<void> {
    const { editors, proposal } = this.parts;
    switch (action) {
      case 'copy':
        this.notice(await copyText(code));
        return;
      case 'insert':
        this.notice(await insertAtCursor(code, editors));
        return;
      case 'apply':
        return proposal.propose(code, editors);
      case 'newFile':
        this.notice(await openAsNewFile(code, language));
        return;
    }
  }

  private async copyMessage(messageId: string): Promise<void> {
    const message = this.parts.session.conversation.messages.find(({ id }) => id === messageId);
    if (message) this.notice(await copyText(message.text));
  }

  private async export(conversationId: string): Promise<void> {
    const conversation = this.parts.history.find(conversationId);
    const sentence = await exportConversations(conversation ? [conversation] : []);
    if (sentence !== undefined) this.notice(sentence);
  }

  private async suggest(query: string): Promise<void> {
    this.latestQuery = query;
    const suggestions = await suggestMentions(query, this.parts.editors, this.parts.isExcluded);
    // An older query that was slower would replace the newer one's suggestions.
    if (query === this.latestQuery) this.parts.feed.send({ type: 'mentions', query, suggestions });
  }

  private notice(text: string): void {
    this.parts.feed.send({ type: 'notice', text });
  }
}
