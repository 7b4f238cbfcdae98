import { describe, expect, test } from 'vitest';
import { SILENCE_SENTENCES } from '../../../src/completion/silenceReason';
import type { EngineState } from '../../../src/engine/engineClient';
import type { ModelDescription } from '../../../src/protocol/engineProtocol';
import { MetricsStore } from '../../../src/metrics/metricsStore';
import { statusView, type StatusInput, type StatusView } from '../../../src/vscode/statusModel';
import { resultOf } from '../completion/scriptedEngine';

const MODEL: ModelDescription = {
  name: 'bamboo-nano',
  architecture: 'bamboo',
  modelPath: '/m.gguf',
  fileBytes: 1,
  parameterCount: 1,
  contextLength: 2048,
  vocabSize: 16384,
  threads: 4,
  isa: 'avx2',
  loadMs: 100,
  promptForm: 'infilling',
  kvBytes: 12_582_912,
  layers: 12,
  neuronsPerLayer: 3584,
  denseBytesPerToken: 85_000_000,
  modes: ['dense', 'exact'],
  autoMode: 'exact',
  autoModeReason: 'The model has no predictors.',
};
const READY: EngineState = { kind: 'ready', model: MODEL, restarts: 0 };

function view(input: Partial<StatusInput>): StatusView {
  const metrics = new MetricsStore().snapshot();
  return statusView({ engine: READY, enabled: true, disabledLanguage: undefined, lastEvent: undefined, metrics, ...input });
}

describe('the status bar', () => {
  test.each<[string, Partial<StatusInput>, Partial<StatusView>]>([
    ['ready', {}, { state: 'ready', severity: 'normal' }],
    ['loading', { engine: { kind: 'starting', restarts: 0 } }, { state: 'starting' }],
    ['generating', { lastEvent: { request: 1, kind: 'generating' } }, { state: 'generating' }],
    ['after showing', { lastEvent: { request: 1, kind: 'shown', latencyMs: 5 } }, { state: 'ready' }],
    ['silent', { lastEvent: { request: 1, kind: 'silent', reason: 'empty-middle' } }, { state: 'silent', reason: 'empty-middle' }],
    ['switched off', { enabled: false }, { state: 'disabled', reason: 'disabled' }],
    ['switched off for a language', { disabledLanguage: 'markdown' }, { state: 'disabled-language', reason: 'language-disabled' }],
    [
      'restarting',
      { engine: { kind: 'restarting', error: { code: 'worker-crashed', message: 'It ended.' }, restarts: 1 } },
      { state: 'restarting', reason: 'worker-crashed', severity: 'warning' },
    ],
    [
      'stopped',
      { engine: { kind: 'stopped', error: { code: 'worker-stopped', message: 'Gave up.' }, restarts: 3 } },
      { state: 'stopped', reason: 'worker-stopped', severity: 'error' },
    ],
    [
      'a bad model',
      { engine: { kind: 'failed', error: { code: 'bad-magic', message: 'No GGUF file.' }, restarts: 0 } },
      { state: 'failed', reason: 'bad-magic', severity: 'error' },
    ],
  ])('%s', (_, input, expected) => {
    const drawn = view(input);
    expect(drawn).toMatchObject(expected);
    expect(drawn.text).toMatch(/^\$\([\w~-]+\) Bamboo$/);
    expect(drawn.tooltip[0]).toBeTruthy();
  });

  test('a broken engine is shown even where completions are off, with what to do', () => {
    const drawn = view({ enabled: false, engine: { kind: 'failed', error: { code: 'bad-magic', message: 'No GGUF file.' }, restarts: 0 } });
    expect(drawn.state).toBe('failed');
    expect(drawn.tooltip.join(' ')).toContain('No GGUF file.');
    expect(drawn.tooltip.join(' ')).toContain('Restart Worker');
  });

  test('the reason of every silence is a sentence in the tooltip', () => {
    for (const [reason, sentence] of Object.entries(SILENCE_SENTENCES)) {
      const drawn = view({ lastEvent: { request: 1, kind: 'silent', reason: reason as keyof typeof SILENCE_SENTENCES } });
      expect(drawn.tooltip[0]).toContain(sentence);
      expect(sentence.endsWith('.')).toBe(true);
    }
  });

  test('names the model and the measured latencies', () => {
    const store = new MetricsStore();
    store.recordRun([resultOf('one')]);
    store.recordSuggestion(42, [resultOf('one')]);
    store.recordShown(false);
    const tooltip = view({ metrics: store.snapshot() }).tooltip.join('\n');
    expect(tooltip).toContain('bamboo-nano: avx2, 4 threads');
    expect(tooltip).toContain('p50 42 ms');
    expect(tooltip).toContain('90 % of the prompt came from the cache');
  });

  test('says how often the engine was restarted', () => {
    expect(view({ engine: { ...READY, restarts: 2 } }).tooltip.join('\n')).toContain('restarted 2 times');
  });
});
