/**
 * A question being edited in its place. Enter sends it again, Escape leaves it as it was.
 */
import type { JSX, TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { CHAT_LIMITS } from '../../../protocol/chat';
import { WORDS } from '../words';

export interface QuestionEditorProps {
  readonly text: string;
  readonly onSend: (text: string) => void;
  readonly onCancel: () => void;
}

export function QuestionEditor({ text, onSend, onCancel }: QuestionEditorProps): JSX.Element {
  const [edited, setEdited] = useState(text);
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(text.length, text.length);
  }, [text]);

  const over = edited.length - CHAT_LIMITS.questionChars;
  const canSend = edited.trim() !== '' && over <= 0;
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.isComposing) return;
    if (event.key === 'Escape') {
      // The answer that may be streaming goes on.
      event.preventDefault();
      onCancel();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      if (canSend) onSend(edited);
    }
  };
  return (
    <div class="question-editor">
      <textarea
        ref={field}
        class="text-field"
        aria-label={WORDS.editLabel}
        rows={2}
        value={edited}
        onInput={(event) => setEdited(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <p class="hint">{over > 0 ? WORDS.tooLong(over) : WORDS.editHint}</p>
      <div class="button-row">
        <button type="button" class="button primary" disabled={!canSend} onClick={() => onSend(edited)}>
          {WORDS.editSend}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          {WORDS.editCancel}
        </button>
      </div>
    </div>
  );
}
