/**
 * Remembers the tokens of recently encoded chunks, so that a keystroke costs the encoding of one line.
 * Bounded in entries and in the length of a chunk; the least recently used entry goes first.
 */
export class ChunkMemo {
  /** A Map iterates in insertion order: the first key is the least recently used one. */
  private readonly entries = new Map<string, readonly number[]>();

  constructor(
    private readonly maxEntries: number,
    private readonly maxChunkChars: number,
    private readonly encode: (chunk: string) => readonly number[],
  ) {}

  get size(): number {
    return this.entries.size;
  }

  encodeAll(chunks: readonly string[]): number[] {
    const ids: number[] = [];
    for (const chunk of chunks) {
      for (const id of this.encodeChunk(chunk)) {
        ids.push(id);
      }
    }
    return ids;
  }

  private encodeChunk(chunk: string): readonly number[] {
    if (chunk.length > this.maxChunkChars) {
      return this.encode(chunk);
    }
    const known = this.entries.get(chunk);
    if (known !== undefined) {
      this.entries.delete(chunk);
      this.entries.set(chunk, known);
      return known;
    }
    const ids = this.encode(chunk);
    this.entries.set(detached(chunk), ids);
    this.evict();
    return ids;
  }

  private evict(): void {
    if (this.entries.size <= this.maxEntries) {
      return;
    }
    const oldest = this.entries.keys().next();
    if (oldest.done !== true) {
      this.entries.delete(oldest.value);
    }
  }
}

/** A slice keeps the whole text it was cut from in memory; a copy does not. UTF-16 keeps lone surrogates as they are. */
function detached(chunk: string): string {
  return Buffer.from(chunk, 'utf16le').toString('utf16le');
}
