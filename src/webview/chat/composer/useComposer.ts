/**
 * What the composer does: sends, picks suggestions, recalls, and which key does which of it.
 */
import type { RefObject, TargetedEvent, TargetedKeyboardEvent } from 'preact';
import { CHAT_LIMITS, type ChatState } from '../../../protocol/chat';
import type { ChatActions } from '../chatActions';
import type { Draft } from '../savedDraft';
import type { ViewState } from '../viewState';
import { WORDS } from '../words';
import { composerIntent, type ComposerIntent, type ComposerSituation } from './composerKeys';
import { useCaret } from './useCaret';
import type { DraftEditing } from './useDraft';
import { useSuggestions, type Suggestion, type Suggestions } from './useSuggestions';

export interface ComposerParts {
  readonly chat: ChatState;
  readonly mentionAnswer: ViewState['mentions'];
  readonly editing: DraftEditing;
  readonly actions: ChatActions;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly notify: (text: string) => void;
  readonly onSent: () => void;
}

export interface ComposerBehaviour {
  readonly suggestions: Suggestions;
  readonly canSend: boolean;
  /** By how many characters the text is too long; 0 or less when it is not. */
  readonly excessChars: number;
  readonly send: () => void;
  readonly pick: (suggestion: Suggestion) => void;
  readonly addContext: () => void;
  readonly onKeyDown: (event: TargetedKeyboardEvent<HTMLTextAreaElement>) => void;
  readonly watchCaret: (event: TargetedEvent<HTMLTextAreaElement>) => void;
}

export function useComposer({ chat, mentionAnswer, editing, actions, field, notify, onSent }: ComposerParts): ComposerBehaviour {
  const { draft } = editing;
  const { caret, moveCaret, watchCaret } = useCaret(field, draft.text);
  const suggestions = useSuggestions(draft.text, caret, mentionAnswer, actions);
  const excessChars = draft.text.length - CHAT_LIMITS.questionChars;
  const canSend = draft.text.trim() !== '' && excessChars <= 0 && chat.model.state !== 'no-chat';

  const send = (): void => {
    if (chat.streamingId !== undefined) notify(WORDS.waitOrStop);
    else if (canSend) {
      actions.send(draft.text, draft.mentions);
      editing.clear();
      moveCaret(0);
      onSent();
    }
  };
  const pick = (suggestion: Suggestion): void => {
    const start = suggestions.trigger?.start ?? caret;
    const inserted = suggestion.kind === 'command' ? `/${suggestion.command.name} ` : '';
    if (suggestion.kind === 'mention' && !editing.addMention(suggestion.mention)) notify(WORDS.tooManyMentions(CHAT_LIMITS.mentions));
    editing.setText(draft.text.slice(0, start) + inserted + draft.text.slice(caret));
    moveCaret(start + inserted.length);
  };
  const addContext = (): void => {
    const before = draft.text.slice(0, caret);
    const sign = before === '' || /\s$/.test(before) ? '#' : ' #';
    editing.setText(before + sign + draft.text.slice(caret));
    moveCaret(caret + sign.length);
  };
  const obey: Readonly<Record<ComposerIntent, () => void>> = {
    send,
    pick: () => {
      const item = suggestions.items[suggestions.active];
      if (item !== undefined) pick(item);
    },
    next: () => suggestions.move(1),
    previous: () => suggestions.move(-1),
    dismiss: suggestions.dismiss,
    recall: () => editing.recall(lastQuestion(chat)),
    removeLastMention: () => editing.removeMention(draft.mentions.at(-1)?.id ?? ''),
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    const intent = composerIntent(event, situationOf(draft, suggestions, event.currentTarget));
    if (intent === undefined) return;
    event.preventDefault();
    obey[intent]();
  };
  return { suggestions, canSend, excessChars, send, pick, addContext, onKeyDown, watchCaret };
}

function situationOf(draft: Draft, suggestions: Suggestions, field: HTMLTextAreaElement): ComposerSituation {
  const active = suggestions.items[suggestions.active];
  return {
    isListOpen: suggestions.items.length > 0,
    isCommandComplete: active?.kind === 'command' && active.command.name === suggestions.trigger?.query,
    isEmpty: draft.text === '' && draft.mentions.length === 0,
    hasMentions: draft.mentions.length > 0,
    isCaretAtStart: field.selectionStart === 0 && field.selectionEnd === 0,
  };
}

function lastQuestion(chat: ChatState): Draft | undefined {
  const question = chat.current.messages.findLast((message) => message.role === 'user');
  return question && { text: question.text, mentions: question.mentions };
}
