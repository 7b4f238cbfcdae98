/**
 * Metadata of a GGUF file as the native library hands it over, and the checks that a key holds what it should.
 * The file is untrusted: whatever has the wrong type, length or value is a typed error that names the key.
 */
import { isUtf8 } from 'node:buffer';
import { malformedVocabulary } from './modelErrors';

/** Strings in a row, as bytes: string i is bytes[offsets[i] .. offsets[i + 1]]. */
export interface StringArray {
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array; // [count + 1]
}

export type MetadataValue = string | number | boolean | Float64Array | StringArray;
export type Metadata = Readonly<Record<string, MetadataValue>>;

/** The values of the keys that begin with `prefix`. Errors: those of opening a model file. */
export type ReadMetadata = (modelPath: string, prefix: string) => Metadata;

/** Typed access to the metadata of one file. Every error is 'malformed-tokenizer' and names file and key. */
export class VocabularyKeys {
  constructor(
    private readonly modelPath: string,
    private readonly metadata: Metadata,
  ) {}

  fail(problem: string): never {
    throw malformedVocabulary(this.modelPath, problem);
  }

  has(key: string): boolean {
    return this.metadata[key] !== undefined;
  }

  text(key: string): string | undefined {
    return this.optional(key, 'a string', (value) => typeof value === 'string');
  }

  flag(key: string): boolean | undefined {
    return this.optional(key, 'a boolean', (value) => typeof value === 'boolean');
  }

  /** A token id, in a vocabulary of `count` tokens. */
  tokenId(key: string, count: number): number | undefined {
    const id = this.optional(key, 'a number', (value) => typeof value === 'number');
    if (id !== undefined && !(Number.isInteger(id) && id >= 0 && id < count)) {
      this.fail(`${key} is ${id}, which is none of its ${count} tokens`);
    }
    return id;
  }

  /** One number for each of `count` tokens. */
  numbers(key: string, count: number): Float64Array {
    const numbers = this.required(key, 'an array of numbers', (value) => value instanceof Float64Array);
    if (numbers.length !== count) {
      this.fail(`${key} has ${numbers.length} entries for ${count} tokens`);
    }
    return numbers;
  }

  strings(key: string, limits: { readonly count: number; readonly bytes: number }): string[] {
    const { bytes, offsets } = this.required(key, 'an array of strings', isStringArray);
    const count = offsets.length - 1;
    if (count > limits.count || bytes.length > limits.bytes) {
      this.fail(`${key} has ${count} tokens of ${bytes.length} bytes together; the limits are ${limits.count} and ${limits.bytes}`);
    }
    // Valid as a whole and never cut inside a character: then every string is valid by itself.
    const cut = offsets.find((offset) => ((bytes[offset] ?? 0) & 0xc0) === 0x80);
    if (!isUtf8(bytes) || cut !== undefined) {
      this.fail(`${key} has a token that is not UTF-8`);
    }
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return Array.from({ length: count }, (_, i) => buffer.toString('utf8', offsets[i], offsets[i + 1]));
  }

  private required<Kind extends MetadataValue>(key: string, what: string, is: (value: MetadataValue) => value is Kind): Kind {
    return this.optional(key, what, is) ?? this.fail(`${key} is missing`);
  }

  private optional<Kind extends MetadataValue>(key: string, what: string, is: (value: MetadataValue) => value is Kind): Kind | undefined {
    const value = this.metadata[key];
    return value === undefined || is(value) ? value : this.fail(`${key} is not ${what}`);
  }
}

function isStringArray(value: MetadataValue): value is StringArray {
  return typeof value === 'object' && !(value instanceof Float64Array);
}
