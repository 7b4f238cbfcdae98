/**
 * What the runtime says of a model file, with the parts a test cares about.
 */
import type { ModelFile } from '../../../src/protocol/engineProtocol';

export function modelFile(parts: Partial<ModelFile> = {}): ModelFile {
  return {
    modelPath: '/m/a.gguf',
    name: 'a',
    architecture: 'bamboo',
    fileBytes: 85_000_000,
    parameterCount: 105_000_000,
    contextLength: 2048,
    quantization: 'Q8_0',
    sparsity: 'dReLU',
    hasPredictors: true,
    canInfill: true,
    canChat: true,
    ...parts,
  };
}
