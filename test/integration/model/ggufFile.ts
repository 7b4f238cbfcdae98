/**
 * A GGUF file of metadata only, written from the values that the native library hands over for it: the way back, for tests.
 */
import type { Metadata, MetadataValue, StringArray } from '../../../src/model/modelMetadata';

const UINT32 = 4;
const FLOAT32 = 6;
const BOOL = 7;
const STRING = 8;
const ARRAY = 9;

export function metadataOnlyGguf(metadata: Metadata): Buffer {
  const entries = Object.entries(metadata).map(([key, value]) => Buffer.concat([string(Buffer.from(key)), valueBytes(value)]));
  const header = Buffer.concat([Buffer.from('GGUF'), uint32(3), uint64(0), uint64(entries.length), ...entries]);
  return Buffer.concat([header, Buffer.alloc((32 - (header.length % 32)) % 32)]);
}

function valueBytes(value: MetadataValue): Buffer {
  if (typeof value === 'string') return Buffer.concat([uint32(STRING), string(Buffer.from(value))]);
  if (typeof value === 'number') return Buffer.concat([uint32(UINT32), uint32(value)]);
  if (typeof value === 'boolean') return Buffer.concat([uint32(BOOL), Buffer.from([value ? 1 : 0])]);
  if (value instanceof Float64Array) {
    return Buffer.concat([uint32(ARRAY), uint32(FLOAT32), uint64(value.length), Buffer.from(Float32Array.from(value).buffer)]);
  }
  const strings = stringsOf(value);
  return Buffer.concat([uint32(ARRAY), uint32(STRING), uint64(strings.length), ...strings.map(string)]);
}

function stringsOf({ bytes, offsets }: StringArray): Uint8Array[] {
  return Array.from({ length: offsets.length - 1 }, (_, i) => bytes.subarray(offsets[i], offsets[i + 1]));
}

function string(bytes: Uint8Array): Buffer {
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
