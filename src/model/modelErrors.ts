/**
 * What can be wrong with the files of a model, one factory each.
 */
import { EngineError } from '../protocol/engineError';

export function missingTokenizer(path: string): EngineError {
  return new EngineError('missing-tokenizer', `There is no tokenizer at ${path}. Put the model's tokenizer.json beside its GGUF file.`);
}

export function malformedTokenizer(path: string, problem: string): EngineError {
  return new EngineError(
    'malformed-tokenizer',
    `The tokenizer ${path} cannot be used: ${problem}. Get the tokenizer.json that belongs to the model.`,
  );
}

/** For a vocabulary inside a GGUF file. */
export function malformedVocabulary(modelPath: string, problem: string): EngineError {
  return new EngineError(
    'malformed-tokenizer',
    `The vocabulary inside ${modelPath} cannot be used: ${problem}. Download the model again, or convert it again with its tokenizer.`,
  );
}

export function unusableVocabulary(modelPath: string, tokenizerPath: string, kind: string): EngineError {
  return new EngineError(
    'missing-tokenizer',
    `${modelPath} holds a vocabulary of the kind "${kind}", which cannot be used alone, and there is no tokenizer at ${tokenizerPath}. Put the model's tokenizer.json there.`,
  );
}

export function fileMissing(path: string): EngineError {
  return new EngineError('file-not-found', `${path} does not exist. Reinstall the extension, or name a model file of your own.`);
}

export function malformedManifest(path: string, problem: string): EngineError {
  return new EngineError('malformed-metadata', `The model manifest ${path} cannot be used: ${problem}. Reinstall the extension.`);
}
