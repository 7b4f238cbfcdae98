/**
 * What the status bar says, computed from the engine's state, the settings of the active document and the last completion.
 * Pure: statusBar.ts draws it.
 */
import type { CompletionEvent } from '../completion/inlineCompletionProvider';
import { SILENCE_SENTENCES, type SilenceReason } from '../completion/silenceReason';
import type { EngineState } from '../engine/engineClient';
import type { MetricsSnapshot } from '../metrics/metricsStore';

export type StatusName =
  'starting' | 'ready' | 'generating' | 'silent' | 'disabled' | 'disabled-language' | 'restarting' | 'stopped' | 'failed';

export interface StatusInput {
  readonly engine: EngineState;
  readonly enabled: boolean;
  /** Language of the active document, if completions are off for it. */
  readonly disabledLanguage: string | undefined;
  readonly lastEvent: CompletionEvent | undefined;
  readonly metrics: MetricsSnapshot;
}

export interface StatusView {
  readonly state: StatusName;
  /** Code of the silence or of the engine's error. */
  readonly reason?: string;
  readonly text: string;
  /** Plain sentences, one a line. */
  readonly tooltip: readonly string[];
  readonly severity: 'normal' | 'warning' | 'error';
}

const ICONS: Readonly<Record<StatusName, string>> = {
  starting: '$(loading~spin)',
  ready: '$(sparkle)',
  generating: '$(ellipsis)',
  silent: '$(sparkle)',
  disabled: '$(circle-slash)',
  'disabled-language': '$(circle-slash)',
  restarting: '$(loading~spin)',
  stopped: '$(error)',
  failed: '$(error)',
};

const RESTART_HINT = 'Run "Bamboo: Restart Worker" to start it again, or "Bamboo: Show Log" for details.';

export function statusView(input: StatusInput): StatusView {
  const { state, reason, sentence } = situation(input);
  const broken = state === 'stopped' || state === 'failed';
  return {
    state,
    ...(reason === undefined ? {} : { reason }),
    text: `${ICONS[state]} Bamboo`,
    tooltip: [sentence, ...(broken ? [RESTART_HINT] : []), ...modelLines(input.engine), ...metricLines(input.metrics)],
    severity: broken ? 'error' : state === 'restarting' ? 'warning' : 'normal',
  };
}

interface Situation {
  readonly state: StatusName;
  readonly reason?: string;
  readonly sentence: string;
}

function situation({ engine, enabled, disabledLanguage, lastEvent }: StatusInput): Situation {
  const { error, kind } = engine;
  if (kind === 'stopped' || kind === 'failed') {
    return withReason(kind, error?.code, error?.message ?? 'The engine is not running.');
  }
  if (!enabled) return withReason('disabled', 'disabled', SILENCE_SENTENCES.disabled);
  if (disabledLanguage !== undefined) {
    return withReason(
      'disabled-language',
      'language-disabled',
      `Completions are switched off for ${disabledLanguage} (setting bamboo.languages).`,
    );
  }
  if (kind === 'starting') return { state: 'starting', sentence: 'The model is loading.' };
  if (kind === 'restarting') return withReason('restarting', error?.code, error?.message ?? 'The engine is starting again.');
  if (lastEvent?.kind === 'generating') return { state: 'generating', sentence: 'Generating a suggestion.' };
  if (lastEvent?.kind === 'silent') return silence(lastEvent.reason);
  return { state: 'ready', sentence: 'Ready.' };
}

function silence(reason: SilenceReason): Situation {
  return withReason('silent', reason, `No suggestion: ${SILENCE_SENTENCES[reason]}`);
}

function withReason(state: StatusName, reason: string | undefined, sentence: string): Situation {
  return reason === undefined ? { state, sentence } : { state, reason, sentence };
}

function modelLines({ model, restarts }: EngineState): string[] {
  const lines = model ? [`Model ${model.name}: ${model.isa}, ${model.threads} threads.`] : [];
  return restarts > 0 ? [...lines, `The engine was restarted ${restarts} ${restarts === 1 ? 'time' : 'times'}.`] : lines;
}

function metricLines(metrics: MetricsSnapshot): string[] {
  const { latencyMsP50, latencyMsP95, tokensPerSecond, reusedShare } = metrics;
  if (metrics.shown === 0 && latencyMsP50 === undefined) return [];
  const lines = [`Shown ${metrics.shown} (${metrics.shownFromCache} from the cache), accepted ${metrics.accepted}.`];
  if (latencyMsP50 !== undefined && latencyMsP95 !== undefined) {
    lines.push(`Latency p50 ${Math.round(latencyMsP50)} ms, p95 ${Math.round(latencyMsP95)} ms.`);
  }
  if (tokensPerSecond !== undefined) lines.push(`Decoding ${Math.round(tokensPerSecond)} tokens/s.`);
  if (reusedShare !== undefined) lines.push(`${Math.round(reusedShare * 100)} % of the prompt came from the cache.`);
  return lines;
}
