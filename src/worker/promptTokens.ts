/**
 * From the parts of a prompt to token ids: special tokens by name, text by the model's tokenizer, the model's begin token in front.
 * Nothing is cut here (promptFit).
 */
import type { ModelText } from '../model/modelText';
import { requireSpecialToken } from '../model/tokenizer';
import type { PromptPart } from '../protocol/engineProtocol';
import type { EncodedPart } from './promptFit';

/** Error: 'invalid-request' for a special token that the model does not have. */
export function encodePrompt(prompt: readonly PromptPart[], { tokenizer, beginTokens }: ModelText): EncodedPart[] {
  const encoded: EncodedPart[] = [];
  let afterText = false;
  for (const part of prompt) {
    if (part.kind === 'special') {
      encoded.push({ ids: [requireSpecialToken(tokenizer, part.token)], trim: undefined, dropRank: part.dropRank });
      afterText = false;
    } else {
      const { trim, dropRank } = part.kind === 'text' ? part : {};
      encoded.push({ ids: tokenizer.encode(part.text, afterText), trim, dropRank });
      afterText ||= part.text !== '';
    }
  }
  const begins = beginTokens.every((id) => encoded[0]?.ids[0] === id);
  return begins ? encoded : [{ ids: beginTokens, trim: undefined }, ...encoded];
}
