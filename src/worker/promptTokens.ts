/**
 * From the parts of a prompt to token ids: special tokens by name, text by the model's tokenizer, the model's begin token in front.
 * Names of special tokens are looked for in what a chat template wrote, never in text.
 * Nothing is cut here (promptFit).
 */
import type { ModelText } from '../model/modelText';
import { requireSpecialToken } from '../model/tokenizer';
import type { PromptPart } from '../protocol/engineProtocol';
import type { EncodedPart } from './promptFit';

/** Error: 'invalid-request' for a special token that the model does not have. */
export function encodePrompt(prompt: readonly PromptPart[], { tokenizer, beginTokens, template }: ModelText): EncodedPart[] {
  const encoded: EncodedPart[] = [];
  let afterText = false;
  const addSpecial = (id: number, dropRank?: number): void => {
    encoded.push({ ids: [id], trim: undefined, dropRank });
    afterText = false;
  };
  const addText = (text: string, trim?: 'start' | 'end', dropRank?: number): void => {
    encoded.push({ ids: tokenizer.encode(text, afterText), trim, dropRank });
    afterText ||= text !== '';
  };
  for (const part of prompt) {
    if (part.kind === 'special') {
      addSpecial(requireSpecialToken(tokenizer, part.token), part.dropRank);
    } else if (part.kind === 'text') {
      addText(part.text, part.trim, part.dropRank);
    } else {
      for (const piece of template.split(part.text)) {
        if ('id' in piece) addSpecial(piece.id);
        else addText(piece.text);
      }
    }
  }
  const begins = beginTokens.every((id) => encoded[0]?.ids[0] === id);
  return begins ? encoded : [{ ids: beginTokens, trim: undefined }, ...encoded];
}
