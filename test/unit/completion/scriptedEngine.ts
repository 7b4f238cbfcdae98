/**
 * A fake engine that answers with a script and remembers what it was asked.
 */
import type { Generate } from '../../../src/completion/completeOnce';
import type { GenerateRequest, GenerateResult, PromptPart, StopReason } from '../../../src/protocol/engineProtocol';

/** A line of the script: "⏎" at its end means that the model wrote a line break, "…" that the token limit ended the line. */
export function resultOf(line: string, logProb = -0.1): GenerateResult {
  const text = line.replace(/[⏎…]$/, '');
  const words = text.match(/\w+|\W/g) ?? [];
  const stopReason: StopReason = line.endsWith('⏎') ? 'stop-string' : line.endsWith('…') ? 'max-tokens' : 'end-token';
  return {
    requestId: 'scripted',
    text,
    tokens: words.map((_, id) => ({ id, logProb })),
    stopReason,
    timings: {
      queueMs: 0,
      tokenizeMs: 0,
      prefillMs: 5,
      decodeMs: 10,
      promptTokens: 100,
      reusedTokens: 90,
      draftedTokens: 0,
      acceptedTokens: 0,
      generatedTokens: words.length,
    },
  };
}

export interface ScriptedEngine {
  readonly generate: Generate;
  readonly requests: Omit<GenerateRequest, 'requestId'>[];
}

/** Answers the requests in order; after the end of the script every middle is empty. */
export function scriptedEngine(lines: readonly string[], logProbs: readonly number[] = []): ScriptedEngine {
  const requests: Omit<GenerateRequest, 'requestId'>[] = [];
  const generate: Generate = (request, signal, onTokens) => {
    const index = requests.length;
    requests.push(request);
    const result = resultOf(lines[index] ?? '', logProbs[index] ?? logProbs.at(-1));
    if (signal.aborted) return Promise.resolve({ ...result, text: '', tokens: [], stopReason: 'cancelled' });
    onTokens?.({ requestId: 'scripted', text: result.text, tokens: result.tokens });
    return Promise.resolve(result);
  };
  return { generate, requests };
}

/** The prompt as one string, special tokens in their written form. */
export function promptText(parts: readonly PromptPart[]): string {
  return parts.map((part) => (part.kind === 'special' ? part.token : part.text)).join('');
}
