/**
 * How many tokens texts have, each asked once and remembered.
 * The counting itself comes in; without a running model there are only estimates, and they say so.
 */
import { LIMITS } from '../protocol/engineProtocol';

export type CountTokens = (texts: readonly string[]) => Promise<readonly number[]>;

const REMEMBERED_TEXTS = 512;
/** Longer keys are not worth their memory. */
const REMEMBERED_CHARS = 200_000;
/** Code has three to four characters a token; three errs on the safe side. */
const CHARS_PER_TOKEN = 3;

export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARS_PER_TOKEN);
}

export class TokenCounts {
  private readonly known = new Map<string, number>();

  constructor(private readonly count: CountTokens) {}

  async of(texts: readonly string[]): Promise<number[]> {
    const unknown = [...new Set(texts.filter((text) => text !== '' && !this.known.has(text)))];
    const fresh = new Map<string, number>();
    for (const batch of batchesOf(unknown)) {
      const counts = await this.count(batch);
      batch.forEach((text, index) => fresh.set(text, counts[index] ?? estimateTokens(text)));
    }
    const result = texts.map((text) => (text === '' ? 0 : (fresh.get(text) ?? this.known.get(text) ?? estimateTokens(text))));
    for (const [text, tokens] of fresh) this.remember(text, tokens);
    return result;
  }

  private remember(text: string, tokens: number): void {
    if (text.length > REMEMBERED_CHARS) return;
    this.known.set(text, tokens);
    const oldest = this.known.keys().next();
    if (this.known.size > REMEMBERED_TEXTS && oldest.done !== true) this.known.delete(oldest.value);
  }
}

/** As large as one request may be. A text that alone is larger is in none: it is estimated. */
function batchesOf(texts: readonly string[]): string[][] {
  const batches: string[][] = [];
  let batch: string[] = [];
  let batchBytes = 0;
  for (const text of texts) {
    const bytes = Buffer.byteLength(text, 'utf8');
    if (bytes > LIMITS.promptBytes) continue;
    if (batch.length === 0 || batch.length === LIMITS.countedTexts || batchBytes + bytes > LIMITS.promptBytes) {
      batch = [];
      batchBytes = 0;
      batches.push(batch);
    }
    batch.push(text);
    batchBytes += bytes;
  }
  return batches;
}
