/**
 * Reads a file of one JSON object a line, a line at a time, and goes on after a bad one.
 */
import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { EngineError } from '../protocol/engineError';

export type JsonLine<Value> = { readonly kind: 'value'; readonly value: Value } | { readonly kind: 'bad'; readonly error: EngineError };

/** "-" is standard input; blank lines are skipped. Error: 'file-not-found'. */
export async function* readJsonLines<Schema extends v.GenericSchema>(
  inputPath: string,
  schema: Schema,
): AsyncGenerator<JsonLine<v.InferOutput<Schema>>> {
  if (inputPath !== '-') {
    await requireFile(inputPath);
  }
  const input = inputPath === '-' ? process.stdin : createReadStream(inputPath);
  let lineNumber = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    lineNumber++;
    if (line.trim() !== '') {
      yield parseLine(line, schema, `${inputPath}:${lineNumber}`);
    }
  }
}

function parseLine<Schema extends v.GenericSchema>(line: string, schema: Schema, where: string): JsonLine<v.InferOutput<Schema>> {
  try {
    const result = v.safeParse(schema, JSON.parse(line));
    if (result.success) {
      return { kind: 'value', value: result.output };
    }
    const [issue] = result.issues;
    return bad(where, `${v.getDotPath(issue) ?? 'the line'}: ${issue.message}`);
  } catch (error) {
    return bad(where, error instanceof Error ? error.message : String(error));
  }
}

function bad(where: string, problem: string): { readonly kind: 'bad'; readonly error: EngineError } {
  return { kind: 'bad', error: new EngineError('invalid-argument', `${where}: ${problem}`) };
}

async function requireFile(inputPath: string): Promise<void> {
  try {
    await access(inputPath);
  } catch {
    throw new EngineError('file-not-found', `${inputPath} cannot be read. Check the path given to --input.`);
  }
}
