/**
 * Where questions are typed: the text box with its suggestions, what the question brings along, its cost, and send or stop.
 */
import type { JSX } from 'preact';
import { IconButton } from '../controls/IconButton';
import { MentionChip } from '../controls/MentionChip';
import type { Draft } from '../savedDraft';
import { WORDS } from '../words';
import { SUGGESTION_LIST_ID, SuggestionList, suggestionId } from './SuggestionList';
import { ComposerWarnings } from './ComposerWarnings';
import { TokenBudgetMeter } from './TokenBudgetMeter';
import { useComposer, type ComposerBehaviour, type ComposerParts } from './useComposer';

export function Composer(parts: ComposerParts): JSX.Element {
  const { chat, editing, field } = parts;
  const composer = useComposer(parts);
  const { suggestions, excessChars } = composer;
  const isListOpen = suggestions.items.length > 0;
  const removeMention = (id: string): void => {
    editing.removeMention(id);
    field.current?.focus();
  };
  return (
    <div class="composer">
      <SuggestionList suggestions={suggestions} onPick={composer.pick} />
      <div class="composer-box">
        <DraftMentions draft={editing.draft} cut={chat.budget.cutMentions} onRemove={removeMention} />
        <textarea
          ref={field}
          class="composer-field"
          rows={1}
          aria-label={WORDS.composer}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={isListOpen ? SUGGESTION_LIST_ID : undefined}
          aria-activedescendant={isListOpen ? suggestionId(suggestions.active) : undefined}
          placeholder={WORDS.placeholder}
          value={editing.draft.text}
          onInput={(event) => {
            editing.setText(event.currentTarget.value);
            composer.watchCaret(event);
          }}
          onKeyDown={composer.onKeyDown}
          onKeyUp={composer.watchCaret}
          onClick={composer.watchCaret}
        />
        <ComposerTools parts={parts} composer={composer} />
      </div>
      <ComposerWarnings budget={chat.budget} excessChars={excessChars} />
    </div>
  );
}

function ComposerTools({ parts, composer }: { readonly parts: ComposerParts; readonly composer: ComposerBehaviour }): JSX.Element {
  const { chat, actions, field } = parts;
  const stop = (): void => {
    actions.act('stop');
    field.current?.focus();
  };
  return (
    <div class="composer-tools">
      <IconButton icon="add-small" class="add-context" label={WORDS.addContext} onClick={composer.addContext} />
      <TokenBudgetMeter budget={chat.budget} />
      {chat.streamingId === undefined ? (
        <IconButton key="send" icon="send" class="send-button" label={WORDS.send} disabled={!composer.canSend} onClick={composer.send} />
      ) : (
        <IconButton key="stop" icon="stop-circle" class="stop-button" label={WORDS.stop} onClick={stop} />
      )}
    </div>
  );
}

interface DraftMentionsProps {
  readonly draft: Draft;
  readonly cut: readonly string[];
  readonly onRemove: (id: string) => void;
}

function DraftMentions({ draft, cut, onRemove }: DraftMentionsProps): JSX.Element | null {
  if (draft.mentions.length === 0) return null;
  return (
    <ul class="chips" aria-label={WORDS.mentions}>
      {draft.mentions.map((mention) => (
        <MentionChip
          key={mention.id}
          mention={mention}
          isCut={cut.includes(mention.label) || cut.includes(`#${mention.label}`)}
          onRemove={() => onRemove(mention.id)}
        />
      ))}
    </ul>
  );
}
