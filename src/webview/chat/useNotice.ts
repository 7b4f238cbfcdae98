/**
 * The one short sentence above the composer: the host's newest, or one of the view's own; it goes after a while.
 */
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Notice } from './viewState';

export const NOTICE_MS = 5000;

export function useNotice(fromHost: Notice | undefined): { readonly notice: string; readonly notify: (text: string) => void } {
  // An object, so that the same sentence twice begins its time anew.
  const [shown, setShown] = useState({ text: '' });
  const notify = useCallback((text: string) => setShown({ text }), []);
  useEffect(() => {
    if (fromHost !== undefined) notify(fromHost.text);
  }, [fromHost, notify]);
  useEffect(() => {
    if (shown.text === '') return undefined;
    const timer = setTimeout(() => setShown({ text: '' }), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return { notice: shown.text, notify };
}
