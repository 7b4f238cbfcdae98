/**
 * Where the caret of the composer stands, and putting it elsewhere once the text is drawn.
 */
import type { RefObject, TargetedEvent } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface Caret {
  readonly caret: number;
  readonly moveCaret: (caret: number) => void;
  readonly watchCaret: (event: TargetedEvent<HTMLTextAreaElement>) => void;
}

export function useCaret(field: RefObject<HTMLTextAreaElement | null>, text: string): Caret {
  const [caret, setCaret] = useState(text.length);
  const wanted = useRef<number | undefined>(undefined);
  useLayoutEffect(() => {
    if (wanted.current === undefined) return;
    field.current?.focus();
    field.current?.setSelectionRange(wanted.current, wanted.current);
    wanted.current = undefined;
  });
  return {
    caret: Math.min(caret, text.length),
    moveCaret: (to) => {
      wanted.current = to;
      setCaret(to);
    },
    watchCaret: (event) => setCaret(event.currentTarget.selectionStart),
  };
}
