/**
 * What goes wrong with a chat server, one factory each; every sentence says what to do.
 */
import { ChatError } from './chatError';

const SETTING = '"bamboo.chat.server.url"';

export function badAddress(): ChatError {
  return new ChatError('server-address', `The setting ${SETTING} is no web address. Write one like "http://localhost:8080".`);
}

/** Without the address: messages are shown and logged. */
export function credentialsInAddress(): ChatError {
  return new ChatError(
    'server-address',
    `The setting ${SETTING} has a user name or a password in it. Take it out, and set the API key with the command "Bamboo: Set the Key of the Chat Server".`,
  );
}

export function keyInTheClear(host: string): ChatError {
  return new ChatError(
    'server-address',
    `The API key is not sent to ${host} over plain http, where others could read it. Use an https address in ${SETTING}, or remove the key.`,
  );
}

export function unreachable(host: string, why: string): ChatError {
  return new ChatError('server-unreachable', `${host} cannot be reached (${why}). Is the server running, and is ${SETTING} right?`);
}

export function silent(host: string, silentMs: number): ChatError {
  return new ChatError(
    'server-silent',
    `${host} sent nothing for ${Math.round(silentMs / 1000)} s, so the request was ended. Look at the server's log, or ask again.`,
  );
}

export function elsewhere(host: string, target: string): ChatError {
  return new ChatError(
    'server-redirect',
    `${host} sends requests on to ${target}, where the question and the key are not sent by themselves. If that is right, put that address into ${SETTING}.`,
  );
}

const ADVICE: Readonly<Record<number, string>> = {
  400: 'The conversation may be too long for the model: begin a new one.',
  401: 'Set the API key with the command "Bamboo: Set the Key of the Chat Server".',
  403: 'Set another API key with the command "Bamboo: Set the Key of the Chat Server".',
  404: `Check the address in ${SETTING} and the model in "bamboo.chat.server.model".`,
  413: 'The conversation is too long for the server: begin a new one.',
  429: 'The server has too many requests: wait a little and ask again.',
  503: 'The server is busy or still loads its model: wait a little and ask again.',
};

export function refused(host: string, status: number, said: string): ChatError {
  const quote = said === '' ? '' : ` and says: ${said}`;
  return new ChatError('server-refused', `${host} answers with status ${status}${quote}. ${ADVICE[status] ?? "Look at the server's log."}`);
}

export function badReply(host: string, what: string): ChatError {
  return new ChatError(
    'server-reply',
    `${host} did not answer as a chat server does: ${what}. Is ${SETTING} the address of an OpenAI-compatible server?`,
  );
}
