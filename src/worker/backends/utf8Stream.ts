/**
 * UTF-8 bytes that arrive in pieces, handed on as whole characters: a piece that ends inside one waits for the rest.
 */
export class Utf8Stream {
  // A byte order mark is text here: a model may well write one.
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  /** Bytes that belong to no character become U+FFFD; a character still open after the last call is dropped with the stream. */
  append(bytes: Uint8Array): string {
    return this.decoder.decode(bytes, { stream: true });
  }
}
