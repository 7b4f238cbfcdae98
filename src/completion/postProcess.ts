/**
 * Runs the line rules over what the model wrote on the cursor's line: a text to keep, or the reason why there is none.
 * Further lines of a block are judged by blockGrowth; the fit to the editor's closers is postProcess/lineTail.
 */
import { LINE_RULES } from './postProcess/lineRules';
import type { Surroundings } from './postProcess/surroundings';
import type { SilenceReason } from './silenceReason';

export type CleanLine = { readonly kind: 'kept'; readonly text: string } | { readonly kind: 'dropped'; readonly reason: SilenceReason };

export function cleanLine(text: string, around: Surroundings): CleanLine {
  let kept = text;
  if (kept === '') return { kind: 'dropped', reason: 'empty-middle' };
  for (const rule of LINE_RULES) {
    kept = rule.apply(kept, around);
    if (kept === '') return { kind: 'dropped', reason: rule.reason };
  }
  return kept.trim() === '' ? { kind: 'dropped', reason: 'whitespace-only' } : { kind: 'kept', text: kept };
}
