import { describe, expect, test } from 'vitest';
import { CompletionSession, type SessionOutcome } from '../../../src/completion/completionSession';
import { documentContextFromText, type DocumentContext } from '../../../src/completion/documentContext';
import { ABANDON_AFTER_MS } from '../../../src/completion/inFlightCompletion';
import { MetricsStore } from '../../../src/metrics/metricsStore';
import { controlledEngine, manualClock, settle } from './controlledEngine';

const OPTIONS = { maxTokens: 64, multiline: 'auto', contextLength: 2048, promptForm: 'infilling' } as const;

function contextAt(marked: string): DocumentContext {
  return documentContextFromText(marked.replace('¦', ''), marked.indexOf('¦'), 'a.ts', 'typescript');
}

function session() {
  const engine = controlledEngine();
  const clock = manualClock();
  const metrics = new MetricsStore();
  const subject = new CompletionSession({ generate: engine.generate, metrics, now: clock.now, schedule: clock.schedule });
  function ask(marked: string): { outcome: Promise<SessionOutcome>; leave: () => void } {
    const controller = new AbortController();
    return { outcome: subject.suggest(contextAt(marked), OPTIONS, controller.signal), leave: () => controller.abort() };
  }
  return { ...engine, clock, metrics, subject, ask };
}

describe('a session', () => {
  test('asks the engine once and serves the typed-through rest without asking again', async () => {
    const { ask, requests, metrics } = session();
    const first = ask('const total = ¦\n');
    requests[0]?.finish('price;');
    expect(await first.outcome).toMatchObject({ kind: 'suggestion', source: 'model', suggestion: { text: 'price;' } });
    expect(await ask('const total = pr¦\n').outcome).toMatchObject({ source: 'cache', suggestion: { text: 'ice;' } });
    expect(requests).toHaveLength(1);
    expect(metrics.snapshot().requests).toBe(1);
  });

  test('a keystroke that the running request agrees with joins it', async () => {
    const { ask, requests } = session();
    const first = ask('const total = ¦\n');
    first.leave();
    const second = ask('const total = p¦\n');
    requests[0]?.stream('pri');
    requests[0]?.finish('price;');
    expect(await first.outcome).toEqual({ kind: 'none', reason: 'cancelled' });
    expect(await second.outcome).toMatchObject({ source: 'in-flight', suggestion: { text: 'rice;' } });
    expect(requests).toHaveLength(1);
  });

  test('a keystroke that it contradicts aborts it and asks anew', async () => {
    const { ask, requests } = session();
    const first = ask('const total = ¦\n');
    requests[0]?.stream('pri');
    first.leave();
    const second = ask('const total = c¦\n');
    await settle();
    expect(requests).toHaveLength(2);
    expect(requests[0]?.signal.aborted).toBe(true);
    requests[1]?.finish('ount;');
    expect(await second.outcome).toMatchObject({ source: 'model', suggestion: { text: 'ount;' } });
  });

  test('text that turns out not to match sends the waiting keystroke to a request of its own', async () => {
    const { ask, requests } = session();
    const first = ask('const total = ¦\n');
    first.leave();
    const second = ask('const total = c¦\n');
    requests[0]?.stream('pri');
    await settle();
    expect(requests).toHaveLength(2);
    expect(requests[0]?.signal.aborted).toBe(true);
    requests[1]?.finish('ount;');
    expect(await second.outcome).toMatchObject({ suggestion: { text: 'ount;' } });
  });

  test('a request that nobody joins is aborted after a short while', async () => {
    const { ask, requests, clock } = session();
    const only = ask('const total = ¦\n');
    only.leave();
    expect(await only.outcome).toEqual({ kind: 'none', reason: 'cancelled' });
    clock.advance(ABANDON_AFTER_MS - 1);
    expect(requests[0]?.signal.aborted).toBe(false);
    clock.advance(1);
    expect(requests[0]?.signal.aborted).toBe(true);
  });

  test('a request that was joined in time is not aborted', async () => {
    const { ask, requests, clock } = session();
    ask('const total = ¦\n').leave();
    clock.advance(ABANDON_AFTER_MS - 1);
    const second = ask('const total = p¦\n');
    clock.advance(ABANDON_AFTER_MS);
    requests[0]?.finish('price;');
    expect(await second.outcome).toMatchObject({ source: 'in-flight' });
  });

  test('a cancelled request never shows text, even if the answer was there', async () => {
    const { ask, requests } = session();
    const only = ask('const total = ¦\n');
    requests[0]?.finish('price;');
    only.leave();
    expect(await only.outcome).toEqual({ kind: 'none', reason: 'cancelled' });
  });

  test('a signal that was aborted before asks nothing', async () => {
    const { subject, requests } = session();
    const outcome = await subject.suggest(contextAt('a = ¦'), OPTIONS, AbortSignal.abort());
    expect(outcome).toEqual({ kind: 'none', reason: 'cancelled' });
    expect(requests).toHaveLength(0);
  });

  test('a failure reaches the one who asked, and the next request is served', async () => {
    const { ask, requests } = session();
    const first = ask('const total = ¦\n');
    requests[0]?.fail(new Error('out of memory'));
    await expect(first.outcome).rejects.toThrow('out of memory');
    const second = ask('const total = ¦\n');
    requests[1]?.finish('price;');
    expect(await second.outcome).toMatchObject({ kind: 'suggestion' });
  });

  test('a failure of a request that everyone left goes unnoticed', async () => {
    const { ask, requests } = session();
    const first = ask('const total = ¦\n');
    first.leave();
    requests[0]?.fail(new Error('out of memory'));
    expect(await first.outcome).toEqual({ kind: 'none', reason: 'cancelled' });
    await settle();
  });

  test('after a reset nothing is reused', async () => {
    const { ask, requests, subject } = session();
    const first = ask('const total = ¦\n');
    requests[0]?.finish('price;');
    await first.outcome;
    subject.reset();
    void ask('const total = ¦\n');
    expect(requests).toHaveLength(2);
  });
});

describe('reading a prompt ahead', () => {
  test('asks for no tokens, with the prompt that the next keystroke goes on with', async () => {
    const { ask, requests, subject } = session();
    const warm = subject.warmUp(contextAt('const total = ¦\n'), OPTIONS);
    expect(requests[0]?.request.maxTokens).toBe(0);
    requests[0]?.finish('');
    await warm;
    void ask('const total = p¦\n').outcome;
    const [ahead, asked] = requests.map(({ request }) => request.prompt);
    const text = (part: unknown): string => JSON.stringify(part);
    expect(asked?.map(text)).toEqual(ahead?.map((part) => text(part).replace('total = ', 'total = p')));
  });

  test('gives way to a request, and is not made beside one', async () => {
    const { ask, requests, subject } = session();
    void subject.warmUp(contextAt('const total = ¦\n'), OPTIONS);
    void ask('const total = p¦\n').outcome;
    expect(requests[0]?.signal.aborted).toBe(true);
    await subject.warmUp(contextAt('const other = ¦\n'), OPTIONS);
    expect(requests).toHaveLength(2);
  });
});
