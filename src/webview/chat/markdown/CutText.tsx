/**
 * Text that is shown up to a length, with a button for the rest.
 */
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { WORDS } from '../words';

export interface CutTextProps {
  readonly text: string;
  readonly mostChars: number;
  readonly children: (shown: string) => ComponentChildren;
}

export function CutText({ text, mostChars, children }: CutTextProps): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  const isCut = !isWhole && text.length > mostChars;
  return (
    <>
      {children(isCut ? text.slice(0, mostChars) : text)}
      {isCut && (
        <button type="button" class="link-button show-all" onClick={() => setWhole(true)}>
          {WORDS.showAll(text.length)}
        </button>
      )}
    </>
  );
}
