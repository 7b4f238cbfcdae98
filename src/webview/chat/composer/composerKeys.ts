/**
 * What a key in the composer's text box means. Pure.
 */
export type ComposerIntent = 'send' | 'pick' | 'next' | 'previous' | 'dismiss' | 'recall' | 'removeLastMention';

export interface ComposerSituation {
  readonly isListOpen: boolean;
  /** The command of the list is typed out. */
  readonly isCommandComplete: boolean;
  readonly isEmpty: boolean;
  readonly hasMentions: boolean;
  readonly isCaretAtStart: boolean;
}

export interface PressedKey {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly isComposing: boolean;
}

export function composerIntent(pressed: PressedKey, situation: ComposerSituation): ComposerIntent | undefined {
  // An input method takes its keys first: its Enter ends a word, not the question.
  if (pressed.isComposing || pressed.ctrlKey || pressed.altKey || pressed.metaKey || pressed.shiftKey) return undefined;
  if (situation.isListOpen) {
    if (pressed.key === 'ArrowDown') return 'next';
    if (pressed.key === 'ArrowUp') return 'previous';
    if (pressed.key === 'Escape') return 'dismiss';
    if (pressed.key === 'Tab') return 'pick';
    if (pressed.key === 'Enter') return situation.isCommandComplete ? 'send' : 'pick';
  }
  if (pressed.key === 'Enter') return 'send';
  if (pressed.key === 'ArrowUp' && situation.isEmpty) return 'recall';
  if (pressed.key === 'Backspace' && situation.isCaretAtStart && situation.hasMentions) return 'removeLastMention';
  return undefined;
}
