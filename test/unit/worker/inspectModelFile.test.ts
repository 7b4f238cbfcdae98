/**
 * What is said of a model file that is not loaded, over a scripted library: facts, and the problem of one that cannot be used.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/protocol/engineError';
import { dominantType, inspectModelFile } from '../../../src/worker/inspectModelFile';
import type { NativeBinding, NativeModelInfo } from '../../../src/worker/nativeBinding';
import { createFakeModel, type FakeModel } from '../../integration/fakeModel';
import { bindingOf, FAKE_INFO, FakeEngine } from './fakeBinding';

let model: FakeModel;
beforeEach(() => {
  model = createFakeModel();
});
afterEach(() => model.remove());

function binding(change: Partial<NativeBinding> = {}, info: Partial<NativeModelInfo> = {}): NativeBinding {
  return {
    ...bindingOf(new FakeEngine(() => Promise.resolve({}), { ...FAKE_INFO, ...info })),
    inspect: () => ({
      magic: 'GGUF',
      version: 3,
      fileBytes: 4,
      metadata: { 'general.name': 'small', 'general.architecture': 'bamboo', 'bamboo.context_length': 512 },
      tensors: [
        { name: 'a', type: 'q4_0', shape: [32, 4], bytes: 72 },
        { name: 'b', type: 'f32', shape: [8], bytes: 32 },
      ],
    }),
    ...change,
  };
}

function refuse(code: ConstructorParameters<typeof EngineError>[0], message: string): () => never {
  return () => {
    throw new EngineError(code, message);
  };
}

describe('a file that can be used', () => {
  it('is described with what its headers say', async () => {
    expect(await inspectModelFile(binding({}, { hasPredictors: true }), model.modelPath)).toEqual({
      modelPath: model.modelPath,
      name: 'small',
      architecture: 'bamboo',
      fileBytes: 4,
      parameterCount: 136,
      contextLength: 256,
      quantization: 'Q4_0',
      sparsity: 'dReLU',
      hasPredictors: true,
      canInfill: false,
      canChat: false,
    });
  });

  it.each([
    ['ReLU', { architecture: 'llama', hasSilentNeurons: true }],
    ['none', { architecture: 'llama', hasSilentNeurons: false }],
  ])('has the sparsity %s as the loader decides', async (sparsity, info) => {
    expect((await inspectModelFile(binding({}, info), model.modelPath)).sparsity).toBe(sparsity);
  });

  it('can chat with a template in it', async () => {
    const readMetadata = () => ({ 'tokenizer.chat_template': '{{ messages }}' });
    expect((await inspectModelFile(binding({ readMetadata }), model.modelPath)).canChat).toBe(true);
  });
});

describe('a file that cannot be used', () => {
  it('that is not there or no file has its problem and nothing else', async () => {
    const absent = path.join(path.dirname(model.modelPath), 'absent.gguf');
    expect(await inspectModelFile(binding(), absent)).toMatchObject({
      name: 'absent.gguf',
      fileBytes: 0,
      problem: expect.stringContaining('absent') as string,
    });
    const folder = path.dirname(model.modelPath);
    expect((await inspectModelFile(binding(), folder)).problem).toContain('is not a file');
  });

  it('that is no model has its size', async () => {
    const file = await inspectModelFile(binding({ inspect: refuse('bad-magic', 'm.gguf is not a GGUF file') }), model.modelPath);
    expect(file).toMatchObject({ fileBytes: 4, quantization: '', problem: 'm.gguf is not a GGUF file.' });
  });

  it('of another architecture still has what its headers say', async () => {
    const describeIt = refuse('unsupported-architecture', "the architecture 'mamba' is not supported: bamboo and llama are");
    const file = await inspectModelFile(binding({ describe: describeIt }), model.modelPath);
    expect(file).toMatchObject({ name: 'small', contextLength: 512, parameterCount: 136, quantization: 'Q4_0' });
    expect(file.problem).toBe("The architecture 'mamba' is not supported: bamboo and llama are.");
  });

  it('without a tokenizer says where one belongs', async () => {
    rmSync(path.join(path.dirname(model.modelPath), 'tokenizer.json'));
    const file = await inspectModelFile(binding(), model.modelPath);
    expect(file).toMatchObject({ sparsity: 'dReLU', canInfill: false });
    expect(file.problem).toContain('tokenizer.json');
  });
});

it('the type of most weights is the one with the most bytes, not the most tensors', () => {
  const tensors = [
    { type: 'f32', bytes: 10 },
    { type: 'f32', bytes: 10 },
    { type: 'q8_0', bytes: 30 },
  ];
  expect(dominantType(tensors)).toBe('Q8_0');
  expect(dominantType([])).toBe('');
});
