/** The parts that the tests use of reference tokenizers that come without types. */
declare module 'mistral-tokenizer-js' {
  const mistralTokenizer: {
    readonly vocabById: readonly string[];
    encode(text: string, addBosToken: boolean, addPrecedingSpace: boolean): number[];
  };
  export { mistralTokenizer as default };
}

declare module '@agnai/sentencepiece-js' {
  export class SentencePieceProcessor {
    load(path: string): Promise<void>;
    encodeIds(text: string): number[];
    decodeIds(ids: readonly number[]): string;
  }
}
