import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { AnswerEnd } from '../../../src/chat/chatBackend';
import { askServer, endpointOf, SERVER_LIMITS, type ServerAddress } from '../../../src/chat/openAiCompatibleChat';
import { LARGE_GUIDE } from '../../../src/chat/modelGuide';
import { ServerChat } from '../../../src/chat/serverChat';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(handler: Handler): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => handler(request, response, body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Asked {
  readonly end: Promise<AnswerEnd>;
  readonly text: () => string;
  readonly abort: AbortController;
  /** Times that the watch is waiting for; running one means that so much time has passed. */
  readonly watches: { delayMs: number; run: () => void }[];
}

function ask(url: string, address: Partial<ServerAddress> = {}): Asked {
  const abort = new AbortController();
  const watches: Asked['watches'] = [];
  let text = '';
  const end = askServer(
    { url, model: 'tiny', key: undefined, ...address },
    [{ role: 'user', content: 'Hello' }],
    { maxTokens: 64, sampling: LARGE_GUIDE.sampling },
    abort.signal,
    { onText: (added) => (text += added), onRestart: () => undefined },
    {
      fetch: globalThis.fetch,
      nowMs: () => 0,
      after: (delayMs, run) => {
        const watch = { delayMs, run };
        watches.push(watch);
        return () => watches.splice(watches.indexOf(watch), 1);
      },
    },
  );
  end.catch(() => undefined);
  return { end, text: () => text, abort, watches };
}

function moment(): { readonly came: Promise<void>; readonly come: () => void } {
  let come = (): void => undefined;
  const came = new Promise<void>((resolve) => {
    come = resolve;
  });
  return { came, come: () => come() };
}

const chunk = (content: string, finish?: string): string =>
  `data: ${JSON.stringify({ choices: [{ delta: { content }, ...(finish && { finish_reason: finish }) }] })}\n\n`;
const stream = (response: ServerResponse): ServerResponse => response.writeHead(200, { 'content-type': 'text/event-stream' });
const failure = (code: string, message: RegExp): Error =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error;

describe('a good answer', () => {
  test('streams, with the model, the limits and the key that were asked for', async () => {
    let seen: { url: string | undefined; key: string | undefined; body: unknown } | undefined;
    const url = await serve((request, response, body) => {
      seen = { url: request.url, key: request.headers.authorization, body: JSON.parse(body) };
      stream(response).end(`${chunk('Good ')}: a comment\n\n${chunk('day', 'stop')}data: [DONE]\n\n`);
    });
    const asked = ask(url, { key: 'secret' });
    expect(await asked.end).toEqual({ reason: 'end' });
    expect(asked.text()).toBe('Good day');
    expect(seen).toMatchObject({
      url: '/v1/chat/completions',
      key: 'Bearer secret',
      body: { model: 'tiny', stream: true, max_tokens: 64, messages: [{ role: 'user', content: 'Hello' }] },
    });
  });

  test('arrives in any pieces, also ones that split characters', async () => {
    const bytes = Buffer.from(`${chunk('Grüße 🎋')}${chunk('', 'length')}`.replaceAll('\n', '\r\n'));
    const url = await serve((_request, response) => {
      stream(response);
      for (const byte of bytes) response.write(Buffer.from([byte]));
      response.end();
    });
    const asked = ask(url);
    expect(await asked.end).toEqual({ reason: 'length' });
    expect(asked.text()).toBe('Grüße 🎋');
  });

  test('follows a redirect on the same server', async () => {
    const url = await serve((request, response) => {
      if (request.url?.startsWith('/v1') === true) response.writeHead(307, { location: '/other' }).end();
      else stream(response).end(chunk('here', 'stop'));
    });
    const asked = ask(url);
    await asked.end;
    expect(asked.text()).toBe('here');
  });
});

test('an error of null in every chunk is none', async () => {
  const url = await serve((_q, r) =>
    stream(r).end('data: {"error":null,"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\n'),
  );
  const asked = ask(url);
  expect(await asked.end).toMatchObject({ reason: 'end' });
  expect(asked.text()).toBe('Hi');
});

describe('an answer that is none is a typed failure with advice', () => {
  const cases: [string, Handler, Error][] = [
    ['a web page', (_q, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<html>'), failure('server-reply', /web page.*OpenAI/)],
    ['no stream', (_q, r) => r.writeHead(200, { 'content-type': 'application/json' }).end('{}'), failure('server-reply', /no stream/)],
    ['no JSON', (_q, r) => stream(r).end('data: {"choices"\n\n'), failure('server-reply', /no JSON/)],
    ['another form', (_q, r) => stream(r).end('data: {"choices":7}\n\n'), failure('server-reply', /another form/)],
    [
      'an error in the stream',
      (_q, r) => stream(r).end('data: {"error":{"message":"out of\\nmemory"}}\n\n'),
      failure('server-reply', /out of memory/),
    ],
    ['an empty stream', (_q, r) => stream(r).end(), failure('server-reply', /sent nothing/)],
    ['a broken off stream', (_q, r) => stream(r).end(chunk('Half')), failure('server-reply', /broke off/)],
    [
      'a wrong key',
      (_q, r) => r.writeHead(401).end('{"error":{"message":"bad key"}}'),
      failure('server-refused', /401 and says: bad key\. Set the API key/),
    ],
    [
      'an HTML error',
      (_q, r) => r.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway'),
      failure('server-refused', /502\. Look/),
    ],
    ['a huge error', (_q, r) => r.writeHead(500).end('x'.repeat(1_000_000)), failure('server-refused', /500 and says: x{300}\./)],
    ['a huge line', (_q, r) => stream(r).end(`data: ${'x'.repeat(1_100_000)}`), failure('server-reply', /too long/)],
    [
      'a broken connection',
      (_q, r) => stream(r).write(chunk('Half'), () => r.destroy()),
      failure('server-unreachable', /connection broke/),
    ],
  ];
  test.each(cases)('%s', async (_name, handler, expected) => {
    await expect(ask(await serve(handler)).end).rejects.toEqual(expected);
  });

  test('a redirect to another host gets neither question nor key', async () => {
    let reached = false;
    const other = await serve((_request, response) => {
      reached = true;
      response.end();
    });
    const url = await serve((_request, response) => response.writeHead(307, { location: `${other}/v1/chat/completions` }).end());
    await expect(ask(url, { key: 'secret' }).end).rejects.toEqual(failure('server-redirect', /sends requests on/));
    expect(reached).toBe(false);
  });

  test('a server that hangs is given up after its time', async () => {
    const arrived = moment();
    const url = await serve(() => arrived.come());
    const asked = ask(url);
    await arrived.came;
    expect(asked.watches.map((watch) => watch.delayMs)).toEqual([SERVER_LIMITS.firstByteMs]);
    asked.watches[0]?.run();
    await expect(asked.end).rejects.toEqual(failure('server-silent', /180 s/));
  });

  test('a server that is not there', async () => {
    await expect(ask('http://127.0.0.1:1').end).rejects.toEqual(failure('server-unreachable', /Is the server running/));
  });

  test('stopping ends the request', async () => {
    const closed = moment();
    const url = await serve((request, response) => {
      request.socket.on('close', () => closed.come());
      stream(response).write(chunk('Half'), () => asked.abort.abort());
    });
    const asked = ask(url);
    expect(await asked.end).toEqual({ reason: 'cancelled' });
    await closed.came;
  });
});

describe('the address', () => {
  test.each([
    ['http://localhost:8080', 'http://localhost:8080/v1/chat/completions'],
    ['http://localhost:8080/v1/', 'http://localhost:8080/v1/chat/completions'],
    ['https://host/api', 'https://host/api/v1/chat/completions'],
    ['https://host/v1/chat/completions?x=1', 'https://host/v1/chat/completions'],
  ])('%s', (url, endpoint) => {
    expect(endpointOf({ url, key: undefined }).toString()).toBe(endpoint);
  });

  test.each(['', 'localhost:8080', 'file:///etc/passwd', 'nonsense'])('"%s" is none', (url) => {
    expect(() => endpointOf({ url, key: undefined })).toThrow(failure('server-address', /no web address/));
  });

  test.each(['https://me:hunter2@host', 'http://me@localhost:8080', 'https://:hunter2@host/v1'])(
    'with a user or a password is refused, and shown nowhere: %s',
    (url) => {
      expect(() => endpointOf({ url, key: undefined })).toThrow(
        failure('server-address', /^(?!.*(hunter2|me@)).*Set the Key of the Chat Server/),
      );
      const unused = { fetch: globalThis.fetch, after: () => () => undefined, nowMs: () => 0, key: () => Promise.resolve(undefined) };
      const { model } = new ServerChat({ ...unused, address: () => ({ url, model: '' }) });
      expect(model.state).toBe('failed');
      expect(JSON.stringify(model)).not.toMatch(/hunter2|me@/);
    },
  );

  test('a user and a password that a redirect brings are not used', async () => {
    let authorization: string | undefined;
    const url = await serve((request, response) => {
      authorization = request.headers.authorization;
      if (request.url === '/next') stream(response).end(`${chunk('Hi')}data: [DONE]\n\n`);
      else response.writeHead(307, { location: `http://me:hunter2@${request.headers.host ?? ''}/next` }).end();
    });
    const asked = ask(url);
    expect(await asked.end).toMatchObject({ reason: 'end' });
    expect(authorization).toBeUndefined();
  });

  test('a key is not sent in the clear, except to this machine', () => {
    expect(() => endpointOf({ url: 'http://example.com', key: 'k' })).toThrow(failure('server-address', /plain http/));
    expect(endpointOf({ url: 'http://127.0.0.1:1', key: 'k' }).port).toBe('1');
  });
});
