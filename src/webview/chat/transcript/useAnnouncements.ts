/**
 * What the live region says at the moment.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChatState } from '../../../protocol/chat';
import { Announcer, type Timers } from './announcer';

const browserTimers: Timers = {
  start: (callback, delayMs) => window.setTimeout(callback, delayMs),
  stop: (timer) => window.clearTimeout(timer),
};

export function useAnnouncements(chat: ChatState): string {
  const [announcement, setAnnouncement] = useState('');
  const announcer = useRef<Announcer | undefined>(undefined);
  announcer.current ??= new Announcer(setAnnouncement, browserTimers);
  useEffect(() => announcer.current?.follow(chat), [chat]);
  return announcement;
}
