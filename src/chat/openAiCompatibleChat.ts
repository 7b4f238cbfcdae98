/**
 * One streamed answer of a server that speaks OpenAI's chat completions: request, stream, end, and every way it goes wrong as a typed error.
 * The key goes to the address of the setting and nowhere else.
 */
import * as v from 'valibot';
import type { AnswerEnd, AnswerEvents, AnswerOptions, PromptMessage } from './chatBackend';
import { badAddress, badReply, credentialsInAddress, elsewhere, keyInTheClear, refused, silent, unreachable } from './serverError';
import { SseParser } from './sseParser';

export interface ServerAddress {
  /** As in the setting; with or without "/v1". */
  readonly url: string;
  /** Empty: the server chooses. */
  readonly model: string;
  readonly key: string | undefined;
}

export interface ServerParts {
  readonly fetch: typeof globalThis.fetch;
  readonly after: (delayMs: number, task: () => void) => () => void;
  readonly nowMs: () => number;
}

/** A model on a slow machine reads a long prompt for minutes before its first token. */
export const SERVER_LIMITS = { firstByteMs: 180_000, silenceMs: 60_000, errorBytes: 4_096, bodyBytes: 20_000_000, redirects: 2 } as const;

const chunkSchema = v.object({
  choices: v.optional(
    v.array(
      v.object({
        delta: v.optional(v.object({ content: v.nullish(v.string()) })),
        finish_reason: v.nullish(v.string()),
      }),
    ),
  ),
  // Some servers write null into every chunk.
  error: v.nullish(v.unknown()),
});

interface Exchange {
  readonly parts: ServerParts;
  readonly url: URL;
  readonly abort: AbortController;
  /** Every sign of life moves the time at which the request is given up. */
  readonly alive: (silenceMs: number) => void;
  readonly events: AnswerEvents;
}

export async function askServer(
  address: ServerAddress,
  messages: readonly PromptMessage[],
  options: AnswerOptions,
  signal: AbortSignal,
  events: AnswerEvents,
  parts: ServerParts,
): Promise<AnswerEnd> {
  const url = endpointOf(address);
  const abort = new AbortController();
  const watch: { stop: () => void; silentMs: number | undefined } = { stop: () => undefined, silentMs: undefined };
  const alive = (silenceMs: number): void => {
    watch.stop();
    watch.stop = parts.after(silenceMs, () => {
      watch.silentMs = silenceMs;
      abort.abort();
    });
  };
  const forward = (): void => abort.abort();
  signal.addEventListener('abort', forward, { once: true });
  try {
    if (signal.aborted) return { reason: 'cancelled' };
    alive(SERVER_LIMITS.firstByteMs);
    const exchange: Exchange = { parts, url, abort, alive, events };
    const response = await post(exchange, address, bodyOf(address, messages, options));
    return await readAnswer(exchange, response);
  } catch (thrown) {
    if (signal.aborted) return { reason: 'cancelled' };
    if (watch.silentMs !== undefined) throw silent(url.host, watch.silentMs);
    throw thrown;
  } finally {
    watch.stop();
    signal.removeEventListener('abort', forward);
    abort.abort();
  }
}

/** Throws ChatError 'server-address'. */
export function endpointOf({ url, key }: Pick<ServerAddress, 'url' | 'key'>): URL {
  let parsed: URL;
  try {
    parsed = new URL(url.trim());
  } catch {
    throw badAddress();
  }
  if (parsed.username !== '' || parsed.password !== '') throw credentialsInAddress();
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') throw badAddress();
  const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(parsed.hostname);
  if (key !== undefined && parsed.protocol === 'http:' && !isLocal) throw keyInTheClear(parsed.host);
  const path = parsed.pathname.replace(/\/+$/, '');
  parsed.pathname = path.endsWith('/chat/completions') ? path : `${path.endsWith('/v1') ? path : `${path}/v1`}/chat/completions`;
  parsed.search = '';
  parsed.hash = '';
  return parsed;
}

function bodyOf({ model }: ServerAddress, messages: readonly PromptMessage[], { maxTokens, sampling }: AnswerOptions): string {
  const { temperature, topP } = sampling;
  return JSON.stringify({ ...(model !== '' && { model }), messages, stream: true, max_tokens: maxTokens, temperature, top_p: topP });
}

async function post({ parts, url, abort }: Exchange, { key }: ServerAddress, body: string): Promise<Response> {
  let target = url;
  for (let redirects = 0; ; redirects += 1) {
    let response: Response;
    try {
      response = await parts.fetch(target, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'content-type': 'application/json',
          accept: 'text/event-stream',
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
        },
        body,
        signal: abort.signal,
      });
    } catch (thrown) {
      throw unreachable(url.host, reasonOf(thrown));
    }
    const location = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
    if (location === null) return response;
    await response.body?.cancel();
    const next = new URL(location, target);
    // fetch refuses them with a message that shows them.
    next.username = '';
    next.password = '';
    if (next.origin !== url.origin || redirects >= SERVER_LIMITS.redirects) throw elsewhere(url.host, next.host);
    target = next;
  }
}

async function readAnswer(exchange: Exchange, response: Response): Promise<AnswerEnd> {
  const { host } = exchange.url;
  if (!response.ok) throw refused(host, response.status, await errorText(response));
  const type = response.headers.get('content-type') ?? '';
  if (!/event-stream/i.test(type)) throw badReply(host, /html/i.test(type) ? 'it sent a web page' : 'it sent no stream of events');
  if (!response.body) throw badReply(host, 'it sent nothing');
  const parser = new SseParser();
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  const answer = new StreamedAnswer(exchange);
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      exchange.alive(SERVER_LIMITS.silenceMs);
      bytes += value.byteLength;
      if (bytes > SERVER_LIMITS.bodyBytes) throw badReply(host, 'its answer does not end');
      if (answer.take(parser.push(decoder.decode(value, { stream: true })))) return answer.end();
    }
  } catch (thrown) {
    if (thrown instanceof RangeError) throw badReply(host, thrown.message);
    if (thrown instanceof TypeError) throw unreachable(host, `the connection broke: ${reasonOf(thrown)}`);
    throw thrown;
  }
  answer.take([...parser.push(decoder.decode()), ...parser.end()]);
  return answer.end();
}

class StreamedAnswer {
  private chunks = 0;
  private reason: string | undefined;
  private firstAtMs: number | undefined;
  private lastAtMs = 0;

  constructor(private readonly exchange: Exchange) {}

  /** Whether the answer has ended. */
  take(datas: readonly string[]): boolean {
    for (const data of datas) {
      if (data.trim() === '[DONE]') {
        this.reason ??= 'stop';
        return true;
      }
      this.takeChunk(data);
    }
    return false;
  }

  end(): AnswerEnd {
    const { host } = this.exchange.url;
    // Without an end the connection broke; what came stays with the failure.
    if (this.reason === undefined) throw badReply(host, this.chunks === 0 ? 'it sent nothing' : 'its answer broke off');
    const seconds = this.firstAtMs === undefined ? 0 : (this.lastAtMs - this.firstAtMs) / 1000;
    return {
      reason: this.reason === 'length' ? 'length' : 'end',
      // One chunk is one token with every server that was tried; none promises it, so no speed is derived for very few.
      ...(this.chunks > 8 && seconds > 0 && { generatedTokens: this.chunks, tokensPerSecond: (this.chunks - 1) / seconds }),
    };
  }

  private takeChunk(data: string): void {
    const { host } = this.exchange.url;
    let json: unknown;
    try {
      json = JSON.parse(data);
    } catch {
      throw badReply(host, 'it sent an event that is no JSON');
    }
    const parsed = v.safeParse(chunkSchema, json);
    if (!parsed.success) throw badReply(host, 'it sent an event of another form');
    const { error } = parsed.output;
    if (error !== undefined && error !== null) throw badReply(host, `it reports an error: ${messageIn(error)}`);
    const choice = parsed.output.choices?.[0];
    const text = choice?.delta?.content ?? '';
    if (text !== '') {
      this.chunks += 1;
      this.lastAtMs = this.exchange.parts.nowMs();
      this.firstAtMs ??= this.lastAtMs;
      this.exchange.events.onText(text, 1);
    }
    this.reason = choice?.finish_reason ?? this.reason;
  }
}

/** The first of an error body, as one short line. */
async function errorText(response: Response): Promise<string> {
  if (/html/i.test(response.headers.get('content-type') ?? '') || !response.body) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    while (text.length < SERVER_LIMITS.errorBytes) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
    await reader.cancel();
  } catch {
    return '';
  }
  try {
    return messageIn(JSON.parse(text));
  } catch {
    return oneLine(text.trimStart().startsWith('<') ? '' : text);
  }
}

function messageIn(value: unknown): string {
  if (typeof value === 'string') return oneLine(value);
  if (typeof value !== 'object' || value === null) return '';
  if ('error' in value) return messageIn(value.error);
  return 'message' in value ? messageIn(value.message) : '';
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 300);
}

function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { cause } = thrown;
  return cause instanceof Error && cause.message !== '' ? oneLine(cause.message) : oneLine(thrown.message);
}
