/**
 * Modes, metrics and shadow probes through the native backend, over a scripted library.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelDescription } from '../../../src/protocol/engineProtocol';
import { NativeBackend } from '../../../src/worker/backends/native';
import { probeSequence } from '../../../src/worker/backends/shadowProbe';
import type { NativeModelInfo, NativeProbe } from '../../../src/worker/nativeBinding';
import { createFakeModel, requestFor, type FakeModel } from '../../integration/fakeModel';
import { bindingOf, FAKE_INFO, FakeEngine, type Script } from './fakeBinding';

const never = new AbortController().signal;
const REQUEST = { ...requestFor('ab'), requestId: 'r' };
const CALIBRATED: NativeModelInfo = { ...FAKE_INFO, hasPredictors: true, calibration: { fidelityMet: true } };

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
  const probeOf = (kept: number): NativeProbe => ({
    activeNeurons: [10, 0],
    keptNeurons: [kept, 0],
    activeMass: [4, 0],
    keptMass: [kept / 4, 0],
  });
  const sequence = { ids: Int32Array.of(1, 2, 3, 4, 5, 6, 7), promptLength: 2 };

  it('looks at every Nth token of the answer, never at the prompt, and adds the layers up', async () => {
    const asked: number[][] = [];
    const kept = [10, 7, 4]; // of 10 neurons, which is 10 / 4 of a mass of 4
    const findings = await probeSequence(
      (tokens) => {
        asked.push([...tokens]);
        return Promise.resolve(probeOf(kept[asked.length - 1] ?? 0));
      },
      sequence,
      2,
      never,
    );
    expect(asked).toEqual([
      [1, 2, 3],
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4, 5, 6, 7],
    ]);
    expect(findings).toEqual({ everyN: 2, positions: 3, neuronRecall: [0.7, 1], massRecall: [21 / 48, 1] });
  });

  it('keeps what it has when it is stopped, and has nothing when it was stopped at once', async () => {
    const controller = new AbortController();
    const stopping = (): Promise<NativeProbe> => {
      controller.abort();
      return Promise.resolve(probeOf(5));
    };
    expect(await probeSequence(stopping, sequence, 1, controller.signal)).toMatchObject({ positions: 1, neuronRecall: [0.5, 1] });
    expect(await probeSequence(stopping, sequence, 1, controller.signal)).toBeUndefined();
  });

  it('stopped half-way through a token is no failure; another failure is', async () => {
    const controller = new AbortController();
    const cancelled = (): Promise<NativeProbe> => {
      controller.abort();
      return Promise.reject(new Error('cancelled'));
    };
    expect(await probeSequence(cancelled, sequence, 1, controller.signal)).toBeUndefined();
    await expect(probeSequence(() => Promise.reject(new Error('no memory')), sequence, 1, never)).rejects.toThrow('no memory');
  });

  it('is nothing for a model without predictors or a library that cannot', async () => {
    const without = await loaded(FAKE_INFO);
    without.engine.probe = () => Promise.resolve(probeOf(10));
    expect(await without.backend.probe(sequence, 1, never)).toBeUndefined();
    const unable = await loaded(CALIBRATED);
    expect(await unable.backend.probe(sequence, 1, never)).toBeUndefined();
    unable.engine.probe = () => Promise.resolve(probeOf(10));
    expect(await unable.backend.probe(sequence, 1, never)).toMatchObject({ positions: 5, neuronRecall: [1, 1] });
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
