/**
 * What the reader can do, each as the one message that it sends to the host.
 */
import { CHAT_LIMITS, type ChatAction, type ChatToHost, type CodeAction, type Mention } from '../../protocol/chat';
import type { Draft } from './savedDraft';

export interface ChatActions {
  readonly act: (action: ChatAction) => void;
  readonly send: (text: string, mentions: readonly Mention[]) => void;
  readonly regenerate: (messageId: string) => void;
  readonly edit: (messageId: string, text: string) => void;
  readonly code: (action: CodeAction, code: string, language: string) => void;
  readonly copyMessage: (messageId: string) => void;
  readonly conversation: (type: 'open' | 'delete' | 'export', conversationId: string) => void;
  readonly search: (query: string) => void;
  readonly mentionQuery: (query: string) => void;
  readonly draft: (draft: Draft) => void;
}

export function createChatActions(post: (message: ChatToHost) => void): ChatActions {
  return {
    act: (action) => post({ type: 'action', action }),
    send: (text, mentions) => post({ type: 'send', text, mentions }),
    regenerate: (messageId) => post({ type: 'regenerate', messageId }),
    edit: (messageId, text) => post({ type: 'edit', messageId, text }),
    code: (action, code, language) => post({ type: 'code', action, code, language }),
    copyMessage: (messageId) => post({ type: 'copyMessage', messageId }),
    conversation: (type, conversationId) => post({ type, conversationId }),
    search: (query) => post({ type: 'search', query: query.slice(0, CHAT_LIMITS.queryChars) }),
    mentionQuery: (query) => post({ type: 'mentionQuery', query: query.slice(0, CHAT_LIMITS.queryChars) }),
    draft: ({ text, mentions }) => {
      if (text.length <= CHAT_LIMITS.questionChars) post({ type: 'draft', text, mentions });
    },
  };
}
