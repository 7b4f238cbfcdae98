/**
 * Something of the workspace that a question brings along, as a small label.
 */
import type { JSX } from 'preact';
import type { Mention, MentionKind } from '../../../protocol/chat';
import { visibleText } from '../markdown/visibleText';
import { WORDS } from '../words';
import { Icon } from './Icon';

export const MENTION_ICONS: Readonly<Record<MentionKind, string>> = {
  selection: 'selection',
  file: 'file',
  symbol: 'symbol-method',
  problem: 'warning',
};

export interface MentionChipProps {
  readonly mention: Mention;
  /** It does not fit the prompt whole. */
  readonly isCut?: boolean;
  readonly onRemove?: () => void;
}

export function MentionChip({ mention, isCut = false, onRemove }: MentionChipProps): JSX.Element {
  const label = visibleText(mention.label);
  return (
    <li class={`chip${isCut ? ' cut' : ''}`} title={`#${label}`}>
      <Icon name={MENTION_ICONS[mention.kind]} />
      <span class="chip-label">{label}</span>
      {onRemove && (
        <button
          type="button"
          class="chip-remove"
          aria-label={WORDS.removeMention(label)}
          title={WORDS.removeMention(label)}
          onClick={onRemove}
        >
          <Icon name="close" />
        </button>
      )}
    </li>
  );
}
