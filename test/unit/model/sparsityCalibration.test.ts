import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { calibrationPathOf, fitsModel, readCalibration } from '../../../src/model/sparsityCalibration';
import { loadEngine } from '../../../src/worker/loadEngine';
import { bindingOf, FAKE_CALIBRATION, FakeEngine } from '../worker/fakeBinding';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'bamboo-calibration-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const CALIBRATION = FAKE_CALIBRATION;
const [LAYER] = CALIBRATION.layers;

const written = (content: unknown): string => {
  const file = path.join(folder, 'model.calibration.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};
const options = (): { modelPath: string; threads: number; contextLength: number } => ({
  modelPath: path.join(folder, 'model.gguf'),
  threads: 1,
  contextLength: 0,
});

describe('a calibration file', () => {
  it('lies beside its model under the same name', () => {
    expect(calibrationPathOf('/models/nano.gguf')).toBe('/models/nano.calibration.json');
    expect(calibrationPathOf('/models/nano.GGUF')).toBe('/models/nano.calibration.json');
    expect(calibrationPathOf('/models/nano.bin')).toBe('/models/nano.bin.calibration.json');
  });

  it('is read as it was written, and may be missing', async () => {
    expect(await readCalibration(written(CALIBRATION))).toEqual(CALIBRATION);
    expect(await readCalibration(path.join(folder, 'none.json'))).toBeUndefined();
  });

  it.each([
    ['text that is not JSON', '{"formatVersion":'],
    ['another version', { ...CALIBRATION, formatVersion: 2 }],
    ['an unknown mode', { ...CALIBRATION, layers: [{ ...LAYER, mode: 'fast' }] }],
    ['a share above one', { ...CALIBRATION, layers: [{ ...LAYER, kept: 1.5 }] }],
    ['a threshold that is no number', { ...CALIBRATION, layers: [{ ...LAYER, threshold: null }] }],
    ['no layers', { ...CALIBRATION, layers: [] }],
    ['too many layers', { ...CALIBRATION, layers: Array.from({ length: 1025 }, () => LAYER) }],
  ])('with %s is a typed error that says what to do', async (_what, content) => {
    await expect(readCalibration(written(content))).rejects.toMatchObject({
      code: 'malformed-metadata',
      message: expect.stringContaining('bamboo calibrate') as string,
    });
  });

  it('belongs to a file of the same size and number of layers', () => {
    expect(fitsModel(CALIBRATION, { fileBytes: 4, layerCount: 1 })).toBe(true);
    expect(fitsModel(CALIBRATION, { fileBytes: 5, layerCount: 1 })).toBe(false);
    expect(fitsModel(CALIBRATION, { fileBytes: 4, layerCount: 2 })).toBe(false);
  });
});

describe('loading a model', () => {
  it('applies the calibration beside it', async () => {
    written(CALIBRATION);
    const engine = new FakeEngine(() => Promise.resolve({}));
    expect((await loadEngine(bindingOf(engine), options())).calibration).toEqual(CALIBRATION);
    expect(engine.policies).toEqual([[{ mode: 'predicted', threshold: -1.5, upFirst: false }]]);
  });

  it('leaves out a calibration of another file', async () => {
    written({ ...CALIBRATION, model: { name: 'other', fileBytes: 99 } });
    const engine = new FakeEngine(() => Promise.resolve({}));
    expect((await loadEngine(bindingOf(engine), options())).calibration).toBeUndefined();
    expect(engine.policies).toEqual([]);
  });
});
