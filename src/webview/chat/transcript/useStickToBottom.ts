/**
 * Keeps the newest text in sight as long as the reader is at the end, and leaves them alone otherwise.
 */
import type { RefObject } from 'preact';
import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Scroll positions are fractions of a pixel on some screens. */
const AT_END_PX = 24;

export interface StickToBottom {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly isAtEnd: boolean;
  readonly onScroll: () => void;
  readonly jumpToEnd: () => void;
}

/** `shown` is whatever, when it changes, may have made the content longer. */
export function useStickToBottom(shown: unknown): StickToBottom {
  const scroller = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);

  const jumpToEnd = useCallback(() => {
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
    setAtEnd(true);
  }, []);

  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (element !== null) setAtEnd(element.scrollHeight - element.scrollTop - element.clientHeight <= AT_END_PX);
  }, []);

  useLayoutEffect(() => {
    if (isAtEnd) jumpToEnd();
  }, [shown, isAtEnd, jumpToEnd]);

  return { scroller, isAtEnd, onScroll, jumpToEnd };
}
