/**
 * The guard of the view: takes every message of the contract, refuses anything else, and never throws.
 */
import { describe, expect, it } from 'vitest';
import { isChatToView } from '../../../src/webview/chat/toViewGuard';
import { EMPTY_VIEW, reduceView } from '../../../src/webview/chat/viewState';
import { answer, conversation, question, state } from './chatView';

const MENTION = { kind: 'file', label: 'file:a.ts', id: '1' };
const VALID: readonly unknown[] = [
  state(),
  state({
    streamingId: 'a',
    model: { name: 'm', state: 'failed', error: 'It stopped.', where: 'server' },
    current: conversation(
      question('q', 'Why?', { mentions: [{ kind: 'file', label: 'file:a.ts', id: '1' }] }),
      answer('a', 'Because.', { state: 'failed', error: 'No.', trimmed: true, generatedTokens: 3, tokensPerSecond: 1.5 }),
    ),
  }),
  { type: 'append', messageId: 'a', text: 'more' },
  { type: 'budget', budget: { available: 0, parts: [], trimmedMessages: 0, cutMentions: ['file:a.ts'] } },
  { type: 'mentions', query: 'a', suggestions: [{ ...MENTION, description: 'src' }] },
  { type: 'found', query: 'a', conversations: [{ id: 'c', title: 't', updatedAtMs: 1, messages: 2 }] },
  { type: 'compose', text: '/explain', mentions: [MENTION] },
  { type: 'notice', text: 'Copied' },
];

const JUNK: readonly unknown[] = [
  undefined,
  null,
  true,
  -1,
  1.5,
  NaN,
  Infinity,
  1e308,
  '',
  'x'.repeat(3_000_000),
  [],
  {},
  [[]],
  { type: 'state' },
  new Date(0),
];

describe('isChatToView', () => {
  it.each(VALID.map((message) => [(message as { type: string }).type, message]))('takes a whole %s', (_type, message) => {
    expect(isChatToView(message)).toBe(true);
  });

  it.each([
    ['nothing', undefined],
    ['an unknown type', { type: 'other' }],
    ['a message without its parts', { type: 'state' }],
    ['a negative count', { type: 'budget', budget: { available: -1, parts: [], trimmedMessages: 0, cutMentions: [] } }],
    ['a text beyond all limits', { type: 'append', messageId: 'a', text: 'x'.repeat(2_000_001) }],
    ['too many mentions', { type: 'compose', text: '', mentions: Array.from({ length: 17 }, () => MENTION) }],
    ['an unknown kind of mention', { type: 'compose', text: '', mentions: [{ ...MENTION, kind: 'person' }] }],
    ['an unknown state of a model', state({ model: { name: 'm', state: 'dancing' as 'ready', where: 'server' } })],
    ['too many messages', state({ current: conversation(...Array.from({ length: 401 }, (_, id) => question(`${id}`, 'x'))) })],
    ['a speed that is no number', state({ current: conversation(answer('a', '', { tokensPerSecond: Number.NaN })) })],
  ])('refuses %s', (_name, message) => {
    expect(isChatToView(message)).toBe(false);
  });

  it('never throws on damaged messages, and what it takes can be drawn', () => {
    const random = seededRandom(4);
    let refused = 0;
    for (let round = 0; round < 3000; round += 1) {
      const message = damaged(structuredClone(VALID[Math.floor(random() * VALID.length)]), random);
      if (isChatToView(message)) expect(() => reduceView(EMPTY_VIEW, message)).not.toThrow();
      else refused += 1;
    }
    expect(refused).toBeGreaterThan(1000);
  });
});

/** Mulberry32. */
function seededRandom(seed: number): () => number {
  let value = seed;
  return () => {
    value = (value + 0x6d2b79f5) | 0;
    let mixed = Math.imul(value ^ (value >>> 15), 1 | value);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Puts junk into one place, or takes one place away. */
function damaged(message: unknown, random: () => number): unknown {
  const junk = JUNK[Math.floor(random() * JUNK.length)];
  if (typeof message !== 'object' || message === null || random() < 0.1) return junk;
  let place = message as Record<string, unknown>;
  for (;;) {
    const keys = Object.keys(place);
    const key = keys[Math.floor(random() * keys.length)];
    if (key === undefined) return message;
    const inner = place[key];
    if (typeof inner === 'object' && inner !== null && random() < 0.7) {
      place = inner as Record<string, unknown>;
    } else {
      if (random() < 0.3) Reflect.deleteProperty(place, key);
      else place[key] = junk;
      return message;
    }
  }
}
