/**
 * Says of a message that the model does not see it any more.
 */
import type { JSX } from 'preact';
import { Icon } from '../controls/Icon';
import { WORDS } from '../words';

export function TrimmedNote(): JSX.Element {
  return (
    <p class="hint trimmed-note">
      <Icon name="fold" />
      <span>{WORDS.trimmed}</span>
    </p>
  );
}
