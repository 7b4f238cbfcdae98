/**
 * The calibration file beside a model (NAME.calibration.json): how predicted mode treats each layer of exactly this file,
 * and whether that met the fidelity bar. Written by `bamboo calibrate`, read whenever the model is loaded.
 */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { EngineError } from '../protocol/engineError';

export const CALIBRATION_SUFFIX = '.calibration.json';
/** Small enough for any model, and a limit for a file that is something else. */
const MAX_LAYERS = 1024;

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const layerSchema = v.object({
  mode: v.picklist(['predicted', 'exact', 'dense']),
  threshold: v.pipe(v.number(), v.finite()),
  upFirst: v.boolean(),
  /** Shares of the neurons whose gate, up, or both fire. */
  gateFires: share,
  upFires: share,
  active: share,
  /** Share of the neurons computed, of the active ones among them, and of the activation mass they hold. */
  kept: share,
  recall: share,
  massRecall: share,
});
const calibrationSchema = v.object({
  formatVersion: v.literal(1),
  model: v.object({ name: v.string(), fileBytes: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
  /** Tokens that were probed, and the share of the activation mass that was asked for in every layer. */
  probedTokens: v.pipe(v.number(), v.integer(), v.minValue(1)),
  massTarget: share,
  /** Predicted against dense through the decode path, on text that was not probed. */
  fidelity: v.object({
    tokens: v.pipe(v.number(), v.integer(), v.minValue(0)),
    lossChange: v.number(),
    top1Agreement: share,
    met: v.boolean(),
  }),
  layers: v.pipe(v.array(layerSchema), v.minLength(1), v.maxLength(MAX_LAYERS)),
});

export type SparsityCalibration = v.InferOutput<typeof calibrationSchema>;

/** models/x.gguf -> models/x.calibration.json */
export function calibrationPathOf(modelPath: string): string {
  return modelPath.replace(/\.gguf$/i, '') + CALIBRATION_SUFFIX;
}

/** Undefined when there is no such file. Error: 'malformed-metadata'. */
export async function readCalibration(calibrationPath: string): Promise<SparsityCalibration | undefined> {
  let json: string;
  try {
    json = await readFile(calibrationPath, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw malformed(calibrationPath, error instanceof Error ? error.message : 'it cannot be read');
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw malformed(calibrationPath, error instanceof Error ? error.message : 'it is not JSON');
  }
  const result = v.safeParse(calibrationSchema, value);
  if (!result.success) {
    const [issue] = result.issues;
    throw malformed(calibrationPath, `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  }
  return result.output;
}

/** A calibration belongs to one file: another size or another number of layers is another model. */
export function fitsModel(calibration: SparsityCalibration, model: { readonly fileBytes: number; readonly layerCount: number }): boolean {
  return calibration.model.fileBytes === model.fileBytes && calibration.layers.length === model.layerCount;
}

function malformed(calibrationPath: string, reason: string): EngineError {
  return new EngineError(
    'malformed-metadata',
    `The calibration ${calibrationPath} is not valid: ${reason}. Run "bamboo calibrate" again, or delete the file to go without.`,
  );
}
