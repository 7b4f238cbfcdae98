/**
 * The question being typed, as it is kept while the view is hidden; what was kept is checked before it is used.
 */
import * as v from 'valibot';
import { CHAT_LIMITS, type Mention } from '../../protocol/chat';

export interface Draft {
  readonly text: string;
  readonly mentions: readonly Mention[];
}

export const EMPTY_DRAFT: Draft = { text: '', mentions: [] };

const savedDraft = v.object({
  text: v.string(),
  mentions: v.pipe(
    v.array(v.object({ kind: v.picklist(['selection', 'file', 'symbol', 'problem']), label: v.string(), id: v.string() })),
    v.maxLength(CHAT_LIMITS.mentions),
  ),
});

export function readSavedDraft(saved: unknown): Draft {
  const parsed = v.safeParse(savedDraft, saved);
  return parsed.success ? parsed.output : EMPTY_DRAFT;
}
