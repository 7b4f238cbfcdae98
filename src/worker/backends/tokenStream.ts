/**
 * The tokens of one request on their way out: each batch becomes a notification, and all of them together the result's text.
 */
import type { GeneratedToken, TokensNotification } from '../../protocol/engineProtocol';
import type { NativeTokenBatch } from '../nativeBinding';
import { Utf8Stream } from './utf8Stream';

/** Stands for a probability of zero: JSON has no -Infinity. */
const LOWEST_LOG_PROB = -1e9;

export class TokenStream {
  private readonly utf8 = new Utf8Stream();
  private readonly tokens: GeneratedToken[] = [];
  private text = '';

  constructor(
    private readonly requestId: string,
    private readonly notify: (tokens: TokensNotification) => void,
  ) {}

  append(batch: NativeTokenBatch): void {
    const text = this.utf8.append(batch.bytes);
    const tokens = Array.from(batch.ids, (id, index) => ({ id, logProb: finiteLogProb(batch.logProbs[index]) }));
    if (text === '' && tokens.length === 0) {
      return;
    }
    this.text += text;
    this.tokens.push(...tokens);
    this.notify({ requestId: this.requestId, text, tokens });
  }

  collected(): { readonly text: string; readonly tokens: readonly GeneratedToken[] } {
    return { text: this.text, tokens: this.tokens };
  }
}

function finiteLogProb(logProb: number | undefined): number {
  return logProb !== undefined && Number.isFinite(logProb) ? logProb : LOWEST_LOG_PROB;
}
