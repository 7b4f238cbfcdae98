/**
 * The question being typed: kept for when the view is hidden, and told to the host when typing pauses so that it can count its tokens.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { CHAT_LIMITS, type Mention } from '../../../protocol/chat';
import type { ChatActions } from '../chatActions';
import { EMPTY_DRAFT, type Draft } from '../savedDraft';
import { WORDS } from '../words';

export const DRAFT_DELAY_MS = 250;

export interface DraftEditing {
  readonly draft: Draft;
  readonly setText: (text: string) => void;
  /** False when it was there already or no more fit. */
  readonly addMention: (mention: Mention) => boolean;
  readonly removeMention: (id: string) => void;
  readonly clear: () => void;
  /** Another text takes the place of this one, which can be recalled. */
  readonly replace: (draft: Draft) => void;
  /** Into an empty box: what was set aside, or else this. */
  readonly recall: (otherwise: Draft | undefined) => void;
}

export interface DraftUse {
  readonly saved: Draft;
  readonly actions: ChatActions;
  readonly save: (draft: Draft) => void;
  readonly notify: (text: string) => void;
}

export function useDraft({ saved, actions, save, notify }: DraftUse): DraftEditing {
  const [draft, setDraft] = useState(saved);
  const setAside = useRef<Draft | undefined>(undefined);
  const latest = useRef(draft);
  latest.current = draft;
  useTellingTheHost(draft, actions, save);

  const replace = useCallback(
    (next: Draft) => {
      const before = latest.current;
      if (before.text.trim() !== '' && before.text !== next.text) {
        setAside.current = before;
        notify(WORDS.draftSetAside);
      }
      setDraft(next);
    },
    [notify],
  );
  return useMemo(
    () => ({
      draft,
      setText: (text) => setDraft((before) => ({ ...before, text })),
      addMention: (mention) => {
        if (draft.mentions.some(({ id }) => id === mention.id)) return true;
        if (draft.mentions.length >= CHAT_LIMITS.mentions) return false;
        const { kind, label, id } = mention;
        setDraft((before) => ({ ...before, mentions: [...before.mentions, { kind, label, id }] }));
        return true;
      },
      removeMention: (id) => setDraft((before) => ({ ...before, mentions: before.mentions.filter((mention) => mention.id !== id) })),
      clear: () => setDraft(EMPTY_DRAFT),
      replace,
      recall: (otherwise) => {
        const recalled = setAside.current ?? otherwise;
        setAside.current = undefined;
        if (recalled !== undefined) setDraft(recalled);
      },
    }),
    [draft, replace],
  );
}

function useTellingTheHost(draft: Draft, actions: ChatActions, save: (draft: Draft) => void): void {
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) save(draft);
    isFirst.current = false;
  }, [draft, save]);
  // An empty beginning is what the host assumes.
  const told = useRef(EMPTY_DRAFT);
  useEffect(() => {
    if (draft === told.current) return undefined;
    const timer = setTimeout(() => {
      told.current = draft;
      actions.draft(draft);
    }, DRAFT_DELAY_MS);
    return () => clearTimeout(timer);
  }, [draft, actions]);
}
