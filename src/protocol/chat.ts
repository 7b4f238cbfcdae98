/**
 * The messages between the chat view and the extension host.
 * Types and limits only. The host owns every conversation; the view draws what it is told and keeps nothing but the text being typed.
 */

export interface ConversationSummary {
  readonly id: string;
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly updatedAtMs: number;
  readonly messages: number;
}

export type MentionKind = 'selection' | 'file' | 'symbol' | 'problem';

/** Something of the workspace that a question brings along; its text is read when the question is sent. */
export interface Mention {
  readonly kind: MentionKind;
  /** Shown after "#", e.g. "selection" or "file:src/cart.ts". */
  readonly label: string;
  /** What the host finds it by; opaque to the view. */
  readonly id: string;
}

export interface MentionSuggestion extends Mention {
  readonly description: string;
}

/** waiting: behind completions or the model's start; trimmed is told apart because it is about the prompt, not the answer. */
export type MessageState = 'complete' | 'waiting' | 'streaming' | 'stopped' | 'failed';

export interface ChatMessage {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  /** Markdown of an answer; plain text of a question. */
  readonly text: string;
  readonly mentions: readonly Mention[];
  readonly state: MessageState;
  /** Of a failed answer: a sentence that says what to do. */
  readonly error?: string;
  /** Left out of the newest prompt because the conversation is longer than the model's context. */
  readonly trimmed: boolean;
  readonly generatedTokens?: number;
  readonly tokensPerSecond?: number;
}

export interface Conversation {
  readonly id: string;
  readonly title: string;
  readonly messages: readonly ChatMessage[];
}

export interface ChatModel {
  readonly name: string;
  /** Of the engine that serves chat; 'off' until the first question. */
  readonly state: 'off' | 'starting' | 'ready' | 'restarting' | 'failed' | 'no-chat';
  /** Why not, and what to do. */
  readonly error?: string;
  /** What this model can and cannot do, plainly, and which larger ones do more; absent for larger models. */
  readonly limits?: string;
  readonly where: 'this machine' | 'server';
}

/** What the next question would cost, in tokens. */
export interface TokenBudget {
  /** What is left for the prompt after the room for an answer. */
  readonly available: number;
  /** E.g. "conversation", "#selection", "your text". Their sum may exceed `available`. */
  readonly parts: readonly { readonly label: string; readonly tokens: number }[];
  /** How many of the oldest messages will be left out. */
  readonly trimmedMessages: number;
  /** Mentions that do not fit and will be cut. */
  readonly cutMentions: readonly string[];
  /** The numbers are guesses by length, because no model runs that could count. */
  readonly estimated?: boolean;
}

export interface ChatState {
  readonly model: ChatModel;
  /** Newest first, at most CHAT_LIMITS.conversations. */
  readonly conversations: readonly ConversationSummary[];
  readonly current: Conversation;
  /** The message that is being written. */
  readonly streamingId?: string;
  readonly budget: TokenBudget;
}

export interface SlashCommand {
  /** Without the slash. */
  readonly name: string;
  readonly description: string;
}

export const SLASH_COMMANDS: readonly SlashCommand[] = [
  { name: 'explain', description: 'Explain the selected code' },
  { name: 'document', description: 'Write a doc comment for the selected code' },
  { name: 'fix', description: 'Fix the problems in the selected code' },
  { name: 'tests', description: 'Write tests for the selected code' },
  { name: 'commit', description: 'Write a commit message for the staged changes' },
  { name: 'new', description: 'Begin a new conversation' },
  { name: 'clear', description: 'Delete this conversation' },
];

export type ChatToView =
  | { readonly type: 'state'; readonly state: ChatState }
  /** Text added to a message since the last state or append; batched, at most every APPEND_INTERVAL_MS. */
  | { readonly type: 'append'; readonly messageId: string; readonly text: string }
  | { readonly type: 'budget'; readonly budget: TokenBudget }
  | { readonly type: 'mentions'; readonly query: string; readonly suggestions: readonly MentionSuggestion[] }
  | { readonly type: 'found'; readonly query: string; readonly conversations: readonly ConversationSummary[] }
  /** Puts text into the input box and focuses it: a command on a selection was run. */
  | { readonly type: 'compose'; readonly text: string; readonly mentions: readonly Mention[] }
  /** One short sentence for screen readers and the footer: "Copied", "Inserted at line 12". */
  | { readonly type: 'notice'; readonly text: string };

export const CHAT_ACTIONS = ['stop', 'newConversation', 'chooseModel', 'showLog', 'settings'] as const;

export type ChatAction = (typeof CHAT_ACTIONS)[number];

export type CodeAction = 'copy' | 'insert' | 'apply' | 'newFile';

export const CODE_ACTIONS: readonly CodeAction[] = ['copy', 'insert', 'apply', 'newFile'];

export type ChatToHost =
  | { readonly type: 'ready' }
  | { readonly type: 'action'; readonly action: ChatAction }
  | { readonly type: 'send'; readonly text: string; readonly mentions: readonly Mention[] }
  /** Writes the answer of this assistant message anew; what followed it is dropped. */
  | { readonly type: 'regenerate'; readonly messageId: string }
  /** Replaces a question; what followed it is dropped. */
  | { readonly type: 'edit'; readonly messageId: string; readonly text: string }
  | { readonly type: 'code'; readonly action: CodeAction; readonly code: string; readonly language: string }
  | { readonly type: 'copyMessage'; readonly messageId: string }
  | { readonly type: 'open' | 'delete' | 'export'; readonly conversationId: string }
  | { readonly type: 'search'; readonly query: string }
  | { readonly type: 'mentionQuery'; readonly query: string }
  | { readonly type: 'draft'; readonly text: string; readonly mentions: readonly Mention[] };

export const CHAT_LIMITS = {
  questionChars: 100_000,
  codeChars: 1_000_000,
  queryChars: 256,
  mentions: 16,
  conversations: 100,
  messages: 400,
  /** Of one answer; more is cut and said so. */
  answerChars: 200_000,
} as const;

export const APPEND_INTERVAL_MS = 50;
