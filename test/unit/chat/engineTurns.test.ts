import { describe, expect, test } from 'vitest';
import { EngineTurns } from '../../../src/chat/engineTurns';
import { GREEDY, type GenerateRequest } from '../../../src/protocol/engineProtocol';
import { controlledEngine, manualClock, settle } from '../completion/controlledEngine';

const REQUEST: Omit<GenerateRequest, 'requestId'> = {
  priority: 'completion',
  prompt: [],
  maxTokens: 1,
  maxPromptTokens: 0,
  sampling: GREEDY,
  stop: { strings: [], tokens: [] },
};

function fixture() {
  const clock = manualClock();
  const engine = controlledEngine();
  const turns = new EngineTurns(clock.schedule);
  const log: string[] = [];
  turns.onDidChange((paused) => log.push(paused ? `paused with ${engine.requests.length} asked` : 'resumed'));
  const generate = turns.beforeChat(engine.generate);
  const complete = () => generate(REQUEST, new AbortController().signal);
  return { clock, engine, turns, log, complete };
}

describe('completions go before chat', () => {
  test('chat is paused before the completion is asked for, and resumed a little after its end', async () => {
    const { clock, engine, turns, log, complete } = fixture();
    const done = complete();
    expect(log).toEqual(['paused with 0 asked']);
    engine.requests[0]?.finish('price;');
    await done;
    expect(turns.paused).toBe(true);
    clock.advance(300);
    expect(log).toEqual(['paused with 0 asked', 'resumed']);
  });

  test('typing does not let chat flap', async () => {
    const { clock, engine, log, complete } = fixture();
    for (let key = 0; key < 5; key += 1) {
      const done = complete();
      engine.requests[key]?.finish('');
      await done;
      clock.advance(200);
    }
    expect(log).toEqual(['paused with 0 asked']);
    clock.advance(300);
    expect(log).toHaveLength(2);
  });

  test('the last of several completions lets chat go on', async () => {
    const { clock, engine, turns, complete } = fixture();
    const first = complete();
    const second = complete();
    engine.requests[0]?.finish('');
    await first;
    clock.advance(1_000);
    expect(turns.paused).toBe(true);
    engine.requests[1]?.finish('');
    await second;
    clock.advance(1_000);
    expect(turns.paused).toBe(false);
  });

  test('a completion that fails lets chat go on too', async () => {
    const { clock, engine, turns, complete } = fixture();
    const failing = complete();
    engine.requests[0]?.fail(new Error('crashed'));
    await expect(failing).rejects.toThrow('crashed');
    await settle();
    clock.advance(300);
    expect(turns.paused).toBe(false);
  });
});
