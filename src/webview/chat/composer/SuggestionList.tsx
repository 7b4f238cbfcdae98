/**
 * The open list of suggestions. The focus stays in the text box, which names the active option.
 */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../controls/Icon';
import { MENTION_ICONS } from '../controls/MentionChip';
import { visibleText } from '../markdown/visibleText';
import { WORDS } from '../words';
import type { Suggestion, Suggestions } from './useSuggestions';

export const SUGGESTION_LIST_ID = 'suggestions';

export function suggestionId(index: number): string {
  return `${SUGGESTION_LIST_ID}-${index}`;
}

export interface SuggestionListProps {
  readonly suggestions: Suggestions;
  readonly onPick: (suggestion: Suggestion) => void;
}

export function SuggestionList({ suggestions, onPick }: SuggestionListProps): JSX.Element | null {
  const { trigger, items, active, isWaiting } = suggestions;
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => {
    const option = list.current?.children[active];
    // The simulated browser of the tests has no layout to scroll.
    if (typeof option?.scrollIntoView === 'function') option.scrollIntoView({ block: 'nearest' });
  }, [active, items]);
  if (trigger === undefined) return null;
  if (items.length === 0) {
    return trigger.kind === 'mention' && !isWaiting ? <p class="suggestions hint">{WORDS.noMentions}</p> : null;
  }
  return (
    <ul
      ref={list}
      id={SUGGESTION_LIST_ID}
      class="suggestions"
      role="listbox"
      aria-label={trigger.kind === 'mention' ? WORDS.mentionSuggestions : WORDS.commandSuggestions}
    >
      {items.map((item, index) => (
        <li
          key={index}
          id={suggestionId(index)}
          role="option"
          aria-selected={index === active}
          class={`suggestion${index === active ? ' active' : ''}`}
          // The text box must not lose the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(item)}
        >
          <SuggestionText item={item} />
        </li>
      ))}
    </ul>
  );
}

function SuggestionText({ item }: { readonly item: Suggestion }): JSX.Element {
  const [icon, name, description] =
    item.kind === 'mention'
      ? [MENTION_ICONS[item.mention.kind], item.mention.label, item.mention.description]
      : ['terminal', `/${item.command.name}`, item.command.description];
  return (
    <>
      <Icon name={icon} />
      <span class="suggestion-name">{visibleText(name)}</span>
      <span class="suggestion-description">{visibleText(description)}</span>
    </>
  );
}
