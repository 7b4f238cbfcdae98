/**
 * What a model file says of itself, without loading it: for a list of files from which one is chosen.
 * A file that cannot be used is described as far as it can be read, with the reason; nothing about the file is thrown.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import { loadModelText } from '../model/modelText';
import { promptFormOf } from '../model/promptForm';
import { toEngineError } from '../protocol/engineError';
import type { ModelFile, SparsityClass } from '../protocol/engineProtocol';
import type { NativeBinding, NativeFileSummary, NativeModelInfo, NativeTensorSummary } from './nativeBinding';

/** Reads headers, metadata and the tokenizer; of the weights only the norms. */
export async function inspectModelFile(binding: NativeBinding, modelPath: string): Promise<ModelFile> {
  const unreadable = unreadableFile(modelPath);
  let file: ModelFile;
  try {
    const stats = statSync(modelPath);
    if (!stats.isFile()) {
      return { ...unreadable, problem: `${modelPath} is not a file. Choose a GGUF file.` };
    }
    file = { ...unreadable, fileBytes: stats.size };
  } catch (error) {
    return { ...unreadable, problem: sentence(toEngineError(error).message) };
  }
  try {
    file = { ...file, ...factsOf(binding.inspect(modelPath)) };
    file = { ...file, ...shapeOf(binding.describe(modelPath)) };
    const text = await loadModelText(modelPath, (of, prefix) => binding.readMetadata(of, prefix));
    return { ...file, canInfill: promptFormOf(text.tokenizer) === 'infilling', canChat: text.chat !== undefined };
  } catch (error) {
    return { ...file, problem: sentence(toEngineError(error).message) };
  }
}

/** Everything that is not known is empty, 0 or false. */
function unreadableFile(modelPath: string): ModelFile {
  return {
    modelPath,
    name: path.basename(modelPath),
    architecture: '',
    fileBytes: 0,
    parameterCount: 0,
    contextLength: 0,
    quantization: '',
    sparsity: 'none',
    hasPredictors: false,
    canInfill: false,
    canChat: false,
  };
}

function factsOf({ metadata, tensors }: NativeFileSummary): Partial<ModelFile> {
  const architecture = metadata['general.architecture'];
  const name = metadata['general.name'];
  const contextLength = typeof architecture === 'string' ? metadata[`${architecture}.context_length`] : undefined;
  return {
    ...(typeof architecture === 'string' && { architecture }),
    ...(typeof name === 'string' && name !== '' && { name }),
    ...(typeof contextLength === 'number' && Number.isSafeInteger(contextLength) && contextLength >= 0 && { contextLength }),
    parameterCount: tensors.reduce((sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1), 0),
    quantization: dominantType(tensors),
  };
}

/** Of the tensors with the most bytes together; empty without tensors. */
export function dominantType(tensors: readonly Pick<NativeTensorSummary, 'type' | 'bytes'>[]): string {
  const bytesOfType = new Map<string, number>();
  for (const { type, bytes } of tensors) {
    bytesOfType.set(type, (bytesOfType.get(type) ?? 0) + bytes);
  }
  const [first] = [...bytesOfType].sort(([, a], [, b]) => b - a);
  return first?.[0].toUpperCase() ?? '';
}

function shapeOf(info: NativeModelInfo): Partial<ModelFile> {
  return { contextLength: info.trainedContextLength, sparsity: sparsityOf(info), hasPredictors: info.hasPredictors };
}

/** As the loader decides: Bamboo's gate and up are both ReLUs. */
function sparsityOf({ architecture, hasSilentNeurons }: NativeModelInfo): SparsityClass {
  if (!hasSilentNeurons) {
    return 'none';
  }
  return architecture === 'bamboo' ? 'dReLU' : 'ReLU';
}

/** The library writes its messages to go on after a colon. A path at the begin stays as it is. */
function sentence(message: string): string {
  const text = message.trim();
  const begun = /^[a-z]+ /.test(text) ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
