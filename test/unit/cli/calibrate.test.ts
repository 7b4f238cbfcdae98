import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { calibrationPathOf } from '../../../src/model/sparsityCalibration';
import { createFakeModel, type FakeModel } from '../../integration/fakeModel';
import { lineTokenizerJson } from '../model/lineTokenizer';
import { FAKE_INFO, FakeEngine } from '../worker/fakeBinding';
import { runScripted as run } from './scriptedTerminal';

let model: FakeModel;
let folder: string;
beforeEach(() => {
  model = createFakeModel();
  folder = path.dirname(model.modelPath);
  writeFileSync(path.join(folder, 'tokenizer.json'), lineTokenizerJson());
});
afterEach(() => model.remove());

const withModel = (...argv: string[]): string[] => [...argv, '--model', model.modelPath];
const fileWith = (name: string, content: string): string => {
  writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
};

describe('bamboo calibrate', () => {
  const probe = {
    gateRowBytes: 4,
    upRowBytes: 4,
    downRowBytes: 4,
    predictorBytes: 8,
    positions: 2,
    gateFires: 8,
    upFires: 8,
    active: 4,
    predicted: 4,
    hits: 4,
    mass: 4,
    hitMass: 4,
    bins: Float64Array.of(20, 4, 0, 0, 6, 2, 0, 0, 4, 1, 1, 1, 2, 1, 3, 3),
  };
  const texts = (): string =>
    fileWith(
      'texts.jsonl',
      Array.from({ length: 4 }, (_, i) => JSON.stringify({ lang: 'ts', path: `${i}.ts`, text: 'let a = 1;' })).join('\n'),
    );
  const predicting = (): FakeEngine => {
    const engine = new FakeEngine(() => Promise.resolve({}));
    engine.info = { ...FAKE_INFO, hasPredictors: true };
    engine.probed = [probe];
    return engine;
  };

  it('writes the cheapest policy that meets the bar beside the model', async () => {
    const engine = predicting();
    const ran = await run(withModel('calibrate', '--input', texts(), '--targets', '0.5,1'), engine);
    expect(ran).toMatchObject({ exitCode: 0 });
    const written: unknown = JSON.parse(readFileSync(calibrationPathOf(model.modelPath), 'utf8'));
    expect(written).toMatchObject({
      model: { name: 'fake', fileBytes: 4 },
      massTarget: 0.5,
      fidelity: { lossChange: 0, top1Agreement: 1, met: true },
      layers: [{ mode: 'predicted', threshold: 1, gateFires: 0.25, active: 0.125, massRecall: 0.75 }],
    });
    expect(engine.policies).toHaveLength(2);
  });

  it('tries every target with --all, and writes where it is told', async () => {
    const output = path.join(folder, 'other.json');
    const ran = await run(
      withModel('calibrate', '--input', texts(), '--targets', '0.5,1', '--all', '--json', '--output', output),
      predicting(),
    );
    expect(JSON.parse(ran.out)).toMatchObject({ output, chosen: 0.5, trials: [{ massTarget: 0.5 }, { massTarget: 1 }] });
    expect(readFileSync(output, 'utf8')).toContain('"massTarget": 0.5');
  });

  it('ends with 1 when no target meets the bar, and still writes the best', async () => {
    const engine = predicting();
    engine.logits = (tokens, _chunk, mode) =>
      Promise.resolve(Float32Array.from([...tokens].flatMap(() => (mode === 'exact' ? [1, 0] : [0, 1]))));
    const ran = await run(withModel('calibrate', '--input', texts(), '--targets', '0.5'), engine);
    expect(ran.exitCode).toBe(1);
    expect(JSON.parse(readFileSync(calibrationPathOf(model.modelPath), 'utf8'))).toMatchObject({ fidelity: { met: false } });
  });

  it('refuses a model without predictors, and too little text', async () => {
    expect((await run(withModel('calibrate', '--input', texts()))).err).toContain('invalid-argument');
    expect((await run(withModel('calibrate', '--input', fileWith('none.jsonl', '')), predicting())).err).toContain('too little text');
    expect((await run(withModel('calibrate', '--input', texts(), '--targets', '0.5,x'), predicting())).exitCode).toBe(2);
  });
});
