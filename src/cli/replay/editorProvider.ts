/**
 * What the editor's provider does with a call, without the editor: the position rules, then the completion session, with the settings' defaults.
 */
import { GROWTH_LIMITS } from '../../completion/blockGrowth';
import type { CompletionOptions, Generate } from '../../completion/completeOnce';
import { CompletionSession } from '../../completion/completionSession';
import { silentPosition } from '../../completion/triggerPolicy';
import type { Timers } from '../../engine/timers';
import { MetricsStore } from '../../metrics/metricsStore';
import type { ModelDescription } from '../../protocol/engineProtocol';
import type { ReplayTally } from './replayTally';
import type { AskProvider } from './typist';

/** The defaults of bamboo.completion.maxTokens and bamboo.completion.multiline. */
const SETTINGS = { maxTokens: 64, multiline: 'auto' } as const;

/** `generate`: the engine's, in the mode that is measured. */
export function editorProvider(
  generate: Generate,
  model: Pick<ModelDescription, 'contextLength' | 'promptForm'>,
  timers: Timers,
  tally: ReplayTally,
): AskProvider {
  const { contextLength, promptForm } = model;
  const options: CompletionOptions = { ...SETTINGS, contextLength, promptForm, growthBudgetMs: GROWTH_LIMITS.budgetMs };
  const session = new CompletionSession({
    generate: async (...request) => {
      const result = await generate(...request);
      tally.requestEnded(result);
      return result;
    },
    metrics: new MetricsStore(),
    now: () => timers.nowMs(),
    schedule: (delayMs, task) => timers.after(delayMs, task),
  });
  return async (context, signal) => {
    const pointless = silentPosition(context, false);
    if (pointless) return { kind: 'silent', reason: pointless, ranModel: false };
    const outcome = await session.suggest(context, options, signal);
    if (outcome.kind === 'none') return { kind: 'silent', reason: outcome.reason, ranModel: true };
    return { kind: 'item', suggestion: outcome.suggestion, source: outcome.source };
  };
}
