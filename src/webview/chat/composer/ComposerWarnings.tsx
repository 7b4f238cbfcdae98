/**
 * What would be left out of the next question, cut, or not sent at all: always in sight, never only on hover.
 */
import type { JSX } from 'preact';
import type { TokenBudget } from '../../../protocol/chat';
import { Icon } from '../controls/Icon';
import { visibleText } from '../markdown/visibleText';
import { WORDS } from '../words';

export interface ComposerWarningsProps {
  readonly budget: TokenBudget;
  /** By how much the text is too long; 0 or less when it is not. */
  readonly excessChars: number;
}

export function ComposerWarnings({ budget, excessChars }: ComposerWarningsProps): JSX.Element {
  const warnings = [
    ...(excessChars > 0 ? [WORDS.tooLong(excessChars)] : []),
    ...(budget.trimmedMessages > 0 ? [WORDS.willTrim(budget.trimmedMessages)] : []),
    ...(budget.cutMentions.length > 0 ? [WORDS.willCut(budget.cutMentions.map(visibleText))] : []),
  ];
  return (
    <>
      {warnings.map((warning) => (
        <p key={warning} class="composer-warning">
          <Icon name="warning" />
          <span>{warning}</span>
        </p>
      ))}
    </>
  );
}
