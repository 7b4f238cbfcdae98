/**
 * What can keep a question from being answered, beside the engine's own failures: a code and a sentence that says what to do.
 * Failures of a server are in serverError.ts.
 */
export type ChatErrorCode =
  | 'no-chat-template'
  | 'template-failed'
  | 'question-too-long'
  | 'mention-unreadable'
  | 'needs-code'
  | 'needs-staged-changes'
  | 'beyond-model'
  | 'no-answer'
  | 'server-address'
  | 'server-unreachable'
  | 'server-refused'
  | 'server-redirect'
  | 'server-silent'
  | 'server-reply';

export class ChatError extends Error {
  override readonly name = 'ChatError';

  constructor(
    readonly code: ChatErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** The sentence to show for anything thrown. */
export function sentenceOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
