/**
 * Modes, metrics and shadow probes through the native backend, over a scripted library.
 */
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelDescription } from '../../../src/protocol/engineProtocol';
import { NativeBackend } from '../../../src/worker/backends/native';
import { calibrationPathOf } from '../../../src/model/sparsityCalibration';
import { answerProbe, findingsOf } from '../../../src/worker/backends/shadowProbe';
import type { NativeModelInfo } from '../../../src/worker/nativeBinding';
import { createFakeModel, requestFor, type FakeModel } from '../../integration/fakeModel';
import { bindingOf, FAKE_CALIBRATION, FAKE_INFO, FakeEngine, layerProbe, type Script } from './fakeBinding';

const never = new AbortController().signal;
const REQUEST = { ...requestFor('ab'), requestId: 'r' };
const CALIBRATED: NativeModelInfo = { ...FAKE_INFO, hasPredictors: true };

let model: FakeModel;
beforeEach(() => {
  model = createFakeModel();
});
afterEach(() => model.remove());

interface Loaded {
  readonly backend: NativeBackend;
  readonly engine: FakeEngine;
  readonly description: ModelDescription;
}

async function loaded(info = FAKE_INFO, script: Script = () => Promise.resolve({})): Promise<Loaded> {
  const engine = new FakeEngine(script, info);
  if (info === CALIBRATED) {
    writeFileSync(calibrationPathOf(model.modelPath), JSON.stringify(FAKE_CALIBRATION));
  }
  const backend = new NativeBackend(
    () => bindingOf(engine),
    () => 0,
  );
  const description = await backend.loadModel({ modelPath: model.modelPath, threads: 0, contextLength: 0 });
  return { backend, engine, description };
}

describe('the mode of a request', () => {
  it('is the automatic one unless the request names another, and the answer says which it was', async () => {
    const { backend, engine, description } = await loaded(CALIBRATED);
    expect(description).toMatchObject({ autoMode: 'predicted', modes: ['dense', 'exact', 'predicted'] });
    expect(description.autoModeReason).toMatch(/fidelity/);
    const automatic = await backend.generate(REQUEST, () => undefined, never);
    const dense = await backend.generate({ ...REQUEST, mode: 'dense' }, () => undefined, never);
    expect(engine.asked.map(({ mode }) => mode)).toEqual(['predicted', 'dense']);
    expect([automatic.mode, dense.mode]).toEqual(['predicted', 'dense']);
  });

  it('is the one that was set for the session, until another model is loaded', async () => {
    const { backend, engine } = await loaded();
    expect(backend.setMode('dense')).toBe('dense');
    await backend.generate(REQUEST, () => undefined, never);
    await backend.generate({ ...REQUEST, mode: 'auto' }, () => undefined, never);
    await backend.loadModel({ modelPath: model.modelPath, threads: 0, contextLength: 0 });
    await backend.generate(REQUEST, () => undefined, never);
    expect(engine.asked.map(({ mode }) => mode)).toEqual(['dense', 'exact', 'exact']);
  });

  it('changes while the request runs: the library hears of it and the answer names the last one', async () => {
    const parts: { backend?: NativeBackend } = {};
    const { backend, engine } = await loaded(FAKE_INFO, (_params, emit) => {
      emit('x');
      parts.backend?.setMode('dense');
      return Promise.resolve({});
    });
    parts.backend = backend;
    const result = await backend.generate(REQUEST, () => undefined, never);
    expect(engine.modesSet).toEqual(['dense']);
    expect(result.mode).toBe('dense');
  });

  it('cannot be set before a model is loaded', () => {
    const backend = new NativeBackend(
      () => bindingOf(new FakeEngine(() => Promise.resolve({}))),
      () => 0,
    );
    expect(() => backend.setMode('dense')).toThrow(/No model is loaded/);
  });
});

describe('the metrics of a request', () => {
  it('count what was prefilled and what was reused, and carry the trace as base64', async () => {
    const { backend } = await loaded(FAKE_INFO, () => Promise.resolve({ promptTokens: 10, reusedTokens: 7 }));
    const { metrics } = await backend.generate(REQUEST, () => undefined, never);
    expect(metrics?.prefill).toMatchObject({ computedTokens: 3, reusedTokens: 7, phases: { attentionMs: 1 } });
    expect(metrics?.decode).toMatchObject({ neuronsPerLayer: 16, steps: { exact: 2 }, bytes: { headBytes: 50 } });
    expect(metrics?.decode.trace).toEqual({ steps: 2, computed: '//8=', active: 'M0w=' });
  });
});

describe('a probe', () => {
  const sequence = { ids: Int32Array.of(1, 2, 3, 4, 5, 6, 7), promptLength: 2 };

  it('looks at every Nth token of the answer, never at the prompt, in predicted mode', () => {
    expect(answerProbe(sequence, 2)).toEqual({ tokens: sequence.ids, first: 2, every: 2, mode: 'predicted' });
  });

  it('gives the recall of each layer; where nothing was active nothing was lost', () => {
    const silent = { ...layerProbe(0), active: 0, hits: 0, mass: 0, hitMass: 0 };
    expect(findingsOf([layerProbe(7), silent], 2)).toEqual({ everyN: 2, positions: 3, neuronRecall: [0.7, 1], massRecall: [1.75 / 4, 1] });
  });

  it('has nothing when it was cancelled before it saw a token', () => {
    expect(findingsOf([layerProbe(0, 1), layerProbe(0, 0)], 2)).toBeUndefined();
  });

  it('is nothing for a model without predictors, or without an answer', async () => {
    const without = await loaded(FAKE_INFO);
    expect(await without.backend.probe(sequence, 1, never)).toBeUndefined();
    const { backend, engine } = await loaded(CALIBRATED);
    engine.probed = [layerProbe(10)];
    expect(await backend.probe({ ids: Int32Array.of(1, 2), promptLength: 2 }, 1, never)).toBeUndefined();
    expect(engine.probesAsked).toEqual([]);
    expect(await backend.probe(sequence, 1, never)).toMatchObject({ positions: 3, neuronRecall: [1] });
  });

  it('is cancelled in the library when it is aborted', async () => {
    const { backend, engine } = await loaded(CALIBRATED);
    const controller = new AbortController();
    const probing = backend.probe(sequence, 1, controller.signal);
    controller.abort();
    await probing;
    expect(engine.cancelled).toBe(true);
  });

  it('looks at the last prompt and its answer', async () => {
    const { backend } = await loaded(CALIBRATED, (_params, emit) => {
      emit('xy');
      return Promise.resolve({});
    });
    await backend.generate(REQUEST, () => undefined, never);
    expect(backend.lastSequence()).toEqual({ ids: Int32Array.from(Buffer.from('abxy')), promptLength: 2 });
  });
});
