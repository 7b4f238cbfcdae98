/**
 * What ends a generated line: the end of the middle, or the line's end.
 * Lines are asked for one at a time (see blockGrowth), because the bundled model mostly ends a middle at the line's end.
 */
import type { PromptTemplate } from '../prompt/promptTemplate';
import type { GenerateResult, StopOptions } from '../protocol/engineProtocol';

export function lineStop(template: PromptTemplate, suffix: string): StopOptions {
  return { strings: ['\n', ...template.stopStrings(suffix)], tokens: template.endTokens };
}

/** True when the model wrote a line break where the line ended, false when it said that the middle is complete. */
export function wantsNextLine(result: GenerateResult): boolean {
  return result.stopReason === 'stop-string';
}

/** True when the line was cut off before its end. */
export function isCutOff(result: GenerateResult): boolean {
  return result.stopReason === 'max-tokens' || result.stopReason === 'context-full';
}

/** Mean natural-log probability of the tokens of several results; 0 when there are none. */
export function meanLogProb(results: readonly GenerateResult[]): number {
  let sum = 0;
  let count = 0;
  for (const result of results) {
    for (const token of result.tokens) {
      sum += token.logProb;
      count += 1;
    }
  }
  return count === 0 ? 0 : sum / count;
}
