/**
 * The context as it will be once the entry selected in the suggest widget is accepted.
 * The editor shows ghost text beside an open widget only where it extends that entry, so the model is asked from there.
 */
import type { DocumentContext } from './documentContext';

export interface SelectedEntry {
  /** What accepting the entry inserts. */
  readonly text: string;
  /** Characters left of the cursor that it replaces. */
  readonly charsBefore: number;
  /** Characters right of the cursor that it replaces. */
  readonly charsAfter: number;
}

/** Undefined when the entry replaces text outside of the cursor's line or windows. */
export function withSelectedEntry(context: DocumentContext, entry: SelectedEntry): DocumentContext | undefined {
  const { text, charsBefore, charsAfter } = entry;
  if (charsBefore < 0 || charsAfter < 0 || charsBefore > context.prefix.length || charsAfter > context.suffix.length) return undefined;
  const kept = context.prefix.slice(0, context.prefix.length - charsBefore);
  return {
    ...context,
    prefix: kept + text,
    suffix: context.suffix.slice(charsAfter),
    cursorOffset: context.cursorOffset - charsBefore + text.length,
  };
}
