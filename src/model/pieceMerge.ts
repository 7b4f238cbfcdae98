/**
 * The merging of SentencePiece's BPE: of all neighbours whose joined text is a piece, those with the highest score are joined first,
 * the leftmost among equals, until nothing joins (sentencepiece, bpe_model.cc). It knows pieces and ranks, not ids, blanks or bytes.
 */

export interface MergeTable {
  /** Piece -> its place in the order of merging: 0 goes first, pieces of equal score have equal ranks. */
  readonly ranks: ReadonlyMap<string, number>;
  /** Code units of the longest piece. */
  readonly longestPiece: number;
  /** Pieces that are found in the text before anything is merged, the longest first, and that never join their neighbours. */
  readonly wholePieces: ReadonlySet<string>;
  /** First code unit of whole pieces -> the lengths that such pieces have, in falling order. */
  readonly wholeLengths: ReadonlyMap<number, readonly number[]>;
}

/** Room for the position in a heap key; ranks then have 21 bits left of a double's 53. */
const POSITIONS = 2 ** 32;
const DEAD = 0;

/** Cuts a text into pieces and, where no piece fits, single characters. O(n log n) for n characters. */
export function mergePieces(text: string, table: MergeTable): string[] {
  const symbols = new Symbols(text, table);
  symbols.mergeAll();
  return symbols.texts();
}

class Symbols {
  /** By the position where a symbol starts: where it ends. DEAD where none starts any more. */
  private readonly ends: Int32Array;
  /** By the position where a symbol starts: where the one before it starts; -1 for the first. */
  private readonly previous: Int32Array;
  private readonly whole = new Set<number>();
  private readonly queue = new MergeQueue();

  constructor(
    private readonly text: string,
    private readonly table: MergeTable,
  ) {
    this.ends = new Int32Array(text.length).fill(DEAD);
    this.previous = new Int32Array(text.length);
    let before = -1;
    for (let start = 0; start < text.length;) {
      const end = start + this.symbolLength(start);
      this.ends[start] = end;
      this.previous[start] = before;
      before = start;
      start = end;
    }
  }

  mergeAll(): void {
    for (let start = 0; start < this.text.length; start = this.endOf(start)) {
      this.consider(start);
    }
    for (let pair = this.queue.pop(); pair !== undefined; pair = this.queue.pop()) {
      const { left, end } = pair;
      const right = this.endOf(left);
      // One of the two may have been joined with another neighbour since.
      if (right === DEAD || this.ends[right] !== end) continue;
      this.ends[left] = end;
      this.ends[right] = DEAD;
      if (end < this.text.length) this.previous[end] = left;
      this.consider(this.previous[left] ?? -1);
      this.consider(left);
    }
  }

  texts(): string[] {
    const texts: string[] = [];
    for (let start = 0; start < this.text.length; start = this.endOf(start)) {
      texts.push(this.text.slice(start, this.endOf(start)));
    }
    return texts;
  }

  private endOf(start: number): number {
    return this.ends[start] ?? DEAD;
  }

  private symbolLength(start: number): number {
    const { wholePieces, wholeLengths } = this.table;
    const lengths = wholeLengths.get(this.text.charCodeAt(start));
    const length = lengths?.find((candidate) => wholePieces.has(this.text.slice(start, start + candidate)));
    if (length !== undefined) {
      this.whole.add(start);
      return length;
    }
    return (this.text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1;
  }

  /** Queues the symbol at `left` and the one after it, if they make a piece. */
  private consider(left: number): void {
    if (left < 0) return;
    const right = this.endOf(left);
    if (right >= this.text.length) return;
    const end = this.endOf(right);
    if (end - left > this.table.longestPiece || this.whole.has(left) || this.whole.has(right)) return;
    const rank = this.table.ranks.get(this.text.slice(left, end));
    if (rank !== undefined) this.queue.push(rank * POSITIONS + left, end);
  }
}

/** A binary heap of pairs; the smallest key (rank, then position) comes first. */
class MergeQueue {
  private readonly keys: number[] = [];
  private readonly ends: number[] = [];

  push(key: number, end: number): void {
    let at = this.keys.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const parentKey = this.keys[parent] ?? 0;
      if (parentKey <= key) break;
      this.put(at, parentKey, this.ends[parent] ?? 0);
      at = parent;
    }
    this.put(at, key, end);
  }

  pop(): { readonly left: number; readonly end: number } | undefined {
    const key = this.keys[0];
    const end = this.ends[0];
    const lastKey = this.keys.pop();
    const lastEnd = this.ends.pop();
    if (key === undefined || end === undefined || lastKey === undefined || lastEnd === undefined) return undefined;
    if (this.keys.length > 0) this.sink(lastKey, lastEnd);
    return { left: key % POSITIONS, end };
  }

  private sink(key: number, end: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.keys.length) break;
      const right = this.keys[child + 1];
      if (right !== undefined && right < (this.keys[child] ?? 0)) child += 1;
      const childKey = this.keys[child] ?? 0;
      if (childKey >= key) break;
      this.put(at, childKey, this.ends[child] ?? 0);
      at = child;
    }
    this.put(at, key, end);
  }

  private put(at: number, key: number, end: number): void {
    this.keys[at] = key;
    this.ends[at] = end;
  }
}
