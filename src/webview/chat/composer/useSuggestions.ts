/**
 * The suggestions for what stands before the caret: commands from the protocol, mentions from the host, and which of them is active.
 */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { MentionSuggestion, SlashCommand } from '../../../protocol/chat';
import type { ChatActions } from '../chatActions';
import type { ViewState } from '../viewState';
import { commandsMatching, triggerAt, type Trigger } from './trigger';

export type Suggestion =
  { readonly kind: 'mention'; readonly mention: MentionSuggestion } | { readonly kind: 'command'; readonly command: SlashCommand };

export interface Suggestions {
  /** Undefined: no list is open. */
  readonly trigger: Trigger | undefined;
  readonly items: readonly Suggestion[];
  readonly active: number;
  /** The host has not answered yet. */
  readonly isWaiting: boolean;
  readonly move: (step: number) => void;
  readonly dismiss: () => void;
}

export function useSuggestions(text: string, caret: number, answer: ViewState['mentions'], actions: ChatActions): Suggestions {
  const found = useMemo(() => triggerAt(text, caret), [text, caret]);
  const key = found === undefined ? '' : `${found.kind} ${found.start}`;
  const [dismissed, setDismissed] = useState('');
  const [active, setActive] = useState(0);
  const trigger = key === dismissed ? undefined : found;
  const mentionQuery = trigger?.kind === 'mention' ? trigger.query : undefined;

  useEffect(() => {
    setActive(0);
    if (mentionQuery !== undefined) actions.mentionQuery(mentionQuery);
  }, [mentionQuery, actions]);
  useEffect(() => setActive(0), [trigger?.query]);
  // A list that was closed may open again elsewhere.
  useEffect(() => {
    if (key === '') setDismissed('');
  }, [key]);

  const items = useMemo(() => itemsFor(trigger, answer), [trigger, answer]);
  return {
    trigger,
    items,
    active: Math.min(active, Math.max(0, items.length - 1)),
    isWaiting: mentionQuery !== undefined && answer?.query !== mentionQuery,
    move: (step) =>
      setActive((before) => (items.length === 0 ? 0 : (Math.min(before, items.length - 1) + step + items.length) % items.length)),
    dismiss: () => setDismissed(key),
  };
}

function itemsFor(trigger: Trigger | undefined, answer: ViewState['mentions']): readonly Suggestion[] {
  if (trigger === undefined) return [];
  if (trigger.kind === 'command') return commandsMatching(trigger.query).map((command) => ({ kind: 'command', command }));
  // Until the new answer is there the last one stays, so that the list does not flicker.
  return (answer?.suggestions ?? []).map((mention) => ({ kind: 'mention', mention }));
}
