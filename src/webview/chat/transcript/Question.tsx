/**
 * A question of the user: plain text, what it brought along, and the way to ask it differently.
 */
import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { ChatMessage } from '../../../protocol/chat';
import type { ChatActions } from '../chatActions';
import { IconButton } from '../controls/IconButton';
import { MentionChip } from '../controls/MentionChip';
import { Toolbar } from '../controls/Toolbar';
import { CutText } from '../markdown/CutText';
import { visibleText } from '../markdown/visibleText';
import { WORDS } from '../words';
import { QuestionEditor } from './QuestionEditor';
import { TrimmedNote } from './TrimmedNote';

const SHOWN_CHARS = 2_000;

export interface QuestionProps {
  readonly message: ChatMessage;
  readonly actions: ChatActions;
  /** Once it is sent again, the view goes on in the composer. */
  readonly onSent: () => void;
}

export function Question({ message, actions, onSent }: QuestionProps): JSX.Element {
  const [isEditing, setEditing] = useState(false);
  const article = useRef<HTMLElement>(null);
  return useMemo(() => {
    const send = (text: string): void => {
      setEditing(false);
      actions.edit(message.id, text);
      onSent();
    };
    const cancel = (): void => {
      setEditing(false);
      // The edit button comes back with the next drawing.
      setTimeout(() => article.current?.querySelector<HTMLButtonElement>('.edit-button')?.focus());
    };
    return (
      <article ref={article} class={`message question${message.trimmed ? ' trimmed' : ''}`} aria-label={WORDS.you}>
        {isEditing ? (
          <QuestionEditor text={message.text} onSend={send} onCancel={cancel} />
        ) : (
          <>
            <Toolbar label={WORDS.questionTools} class="message-tools">
              <IconButton icon="copy" label={WORDS.copyMessage} onClick={() => actions.copyMessage(message.id)} />
              <IconButton class="edit-button" icon="edit" label={WORDS.edit} onClick={() => setEditing(true)} />
            </Toolbar>
            <CutText text={message.text} mostChars={SHOWN_CHARS}>
              {(shown) => <p class="plain">{visibleText(shown)}</p>}
            </CutText>
          </>
        )}
        {message.mentions.length > 0 && (
          <ul class="chips" aria-label={WORDS.mentions}>
            {message.mentions.map((mention) => (
              <MentionChip key={mention.id} mention={mention} />
            ))}
          </ul>
        )}
        {message.trimmed && <TrimmedNote />}
      </article>
    );
  }, [message, actions, onSent, isEditing]);
}
