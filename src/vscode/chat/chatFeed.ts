/**
 * What goes to the chat view and when: whole states and added text in batches, the rest at once; nothing while no view is there.
 * A view that appears gets the state, so it never has to remember anything.
 */
import type { ChatEvent } from '../../chat/sessionEvent';
import type { Schedule } from '../../chat/chatHistory';
import { APPEND_INTERVAL_MS, type ChatState, type ChatToView } from '../../protocol/chat';

export type Post = (message: ChatToView) => void;

export class ChatFeed {
  private post: Post | undefined;
  private cancelFlush: (() => void) | undefined;
  private stateIsDue = false;
  private readonly added = new Map<string, string>();
  /** A question that a command put into the input box before the view was there. */
  private pendingCompose: ChatToView | undefined;

  constructor(
    private readonly state: () => ChatState,
    private readonly schedule: Schedule,
  ) {}

  /** The view is there and listens. */
  attach(post: Post): void {
    this.post = post;
    this.stateIsDue = true;
    this.flush();
    if (this.pendingCompose) post(this.pendingCompose);
    this.pendingCompose = undefined;
  }

  detach(): void {
    this.post = undefined;
    this.cancelFlush?.();
    this.cancelFlush = undefined;
    this.added.clear();
  }

  readonly take = (event: ChatEvent): void => {
    switch (event.type) {
      case 'changed':
        this.stateIsDue = true;
        this.flushSoon();
        return;
      case 'append':
        this.added.set(event.messageId, (this.added.get(event.messageId) ?? '') + event.text);
        this.flushSoon();
        return;
      case 'budget':
      case 'notice':
        this.post?.(event);
        return;
      case 'compose':
        if (this.post) this.post(event);
        else this.pendingCompose = event;
    }
  };

  /** Answers to what the view asked. */
  send(message: ChatToView): void {
    this.post?.(message);
  }

  private flushSoon(): void {
    if (!this.post) {
      this.added.clear();
      return;
    }
    this.cancelFlush ??= this.schedule(APPEND_INTERVAL_MS, () => this.flush());
  }

  /** A state holds all text, also what was added since the last batch. */
  private flush(): void {
    this.cancelFlush?.();
    this.cancelFlush = undefined;
    if (this.stateIsDue) this.post?.({ type: 'state', state: this.state() });
    else for (const [messageId, text] of this.added) this.post?.({ type: 'append', messageId, text });
    this.stateIsDue = false;
    this.added.clear();
  }
}
