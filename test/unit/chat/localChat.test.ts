import { describe, expect, test } from 'vitest';
import { ChatEngine, IDLE_MS, type ChatEngineClient } from '../../../src/chat/chatEngine';
import { LocalChat } from '../../../src/chat/localChat';
import { guideFor } from '../../../src/chat/modelGuide';
import type { EngineState } from '../../../src/engine/engineClient';
import type { GenerateRequest, ModelDescription } from '../../../src/protocol/engineProtocol';
import { controlledEngine, manualClock, settle } from '../completion/controlledEngine';
import { NANO_FORM, written } from './chatForms';
import { countWords } from './fakeBackend';

const NANO = {
  name: 'bamboo-nano',
  parameterCount: 105e6,
  contextLength: 2048,
  promptForm: 'infilling',
  chat: NANO_FORM,
} as ModelDescription;
const NEVER = new AbortController().signal;

/** A client whose worker becomes ready at once. */
function fakeClient(model: ModelDescription, log: string[]) {
  const engine = controlledEngine();
  const asked: Omit<GenerateRequest, 'requestId'>[] = [];
  const listeners = new Set<(state: EngineState) => void>();
  let state: EngineState = { kind: 'stopped', restarts: 0 };
  const become = (next: EngineState): void => {
    state = next;
    for (const listener of listeners) listener(next);
  };
  const client: ChatEngineClient = {
    get state() {
      return state;
    },
    onDidChangeState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: () => {
      if (state.kind !== 'ready') {
        log.push('start');
        become({ kind: 'ready', model, restarts: 0 });
      }
      return Promise.resolve();
    },
    generate: (request, signal, onTokens, onRestart) => {
      asked.push(request);
      return engine.generate(request, signal, onTokens, onRestart);
    },
    setPaused: (paused) => {
      log.push(paused ? 'pause' : 'resume');
      return Promise.resolve();
    },
    countTokens: (texts) => Promise.resolve(countWords(texts)),
    dispose: () => {
      log.push('dispose');
      return Promise.resolve();
    },
  };
  return { client, engine, asked, become };
}

function fixture(model = NANO, create?: () => Promise<ChatEngineClient>, expected?: ModelDescription) {
  const log: string[] = [];
  const clock = manualClock();
  const fake = fakeClient(model, log);
  const turns = {
    paused: false,
    listener: undefined as ((paused: boolean) => void) | undefined,
    onDidChange(listener: (paused: boolean) => void) {
      turns.listener = listener;
      return () => undefined;
    },
  };
  const engine = new ChatEngine({
    createClient: create ?? (() => Promise.resolve(fake.client)),
    turns,
    schedule: clock.schedule,
    warn: (message) => log.push(message),
  });
  const chat = new LocalChat({ engine, modelName: () => 'a model', expectedModel: () => expected, nowMs: () => 0 });
  return { log, clock, turns, engine, chat, ...{ client: fake.client, fake } };
}

const OPTIONS = { maxTokens: 50, sampling: guideFor(NANO).sampling };
const SILENT = { onText: () => undefined, onRestart: () => undefined };

describe('the engine of chat', () => {
  test('starts at the first question and ends when nothing was asked for a while', async () => {
    const { chat, clock, log } = fixture();
    expect(chat.model.state).toBe('off');
    expect(log).toEqual([]);
    await chat.open();
    expect(chat.model).toMatchObject({ state: 'ready', name: 'bamboo-nano' });
    clock.advance(IDLE_MS - 1);
    await chat.countTokens(['a']);
    clock.advance(IDLE_MS - 1);
    expect(log).toEqual(['resume', 'start'].toReversed());
    clock.advance(1);
    await settle();
    expect(log.at(-1)).toBe('dispose');
    expect(chat.model.state).toBe('off');
  });

  test('does not end while an answer is written', async () => {
    const { chat, clock, log, fake } = fixture();
    const answer = chat.answer([{ role: 'user', content: 'Hi' }], OPTIONS, NEVER, SILENT);
    await settle();
    clock.advance(IDLE_MS * 3);
    expect(log).not.toContain('dispose');
    fake.engine.requests[0]?.finish('Hello');
    await answer;
  });

  test('is paused and resumed with the completions, also when they run while it starts or it was started afresh', async () => {
    const { chat, turns, log, fake } = fixture();
    turns.paused = true;
    await chat.open();
    turns.listener?.(false);
    turns.paused = true;
    fake.become({ kind: 'restarting', restarts: 1 });
    turns.listener?.(true);
    fake.become({ kind: 'ready', model: NANO, restarts: 1 });
    expect(log).toEqual(['start', 'pause', 'resume', 'pause']);
  });

  test('that cannot be started says why, and is tried again at the next question', async () => {
    let tries = 0;
    const { chat } = fixture(NANO, () => Promise.reject(new Error(`No model file, try ${(tries += 1)}.`)));
    await expect(chat.open()).rejects.toThrow('try 1');
    expect(chat.model).toMatchObject({ state: 'failed', error: 'No model file, try 1.' });
    await expect(chat.open()).rejects.toThrow('try 2');
  });
});

describe('a model on this machine', () => {
  test('is asked with its own template, its end token and the marks of its turns', async () => {
    const { chat, fake } = fixture();
    const texts: string[] = [];
    const answer = chat.answer([{ role: 'user', content: 'Say <|end|>' }], OPTIONS, NEVER, {
      ...SILENT,
      onText: (text) => texts.push(text),
    });
    await settle();
    expect(written(fake.asked[0]?.prompt ?? [])).toBe('⟦<|user|>⟧Say <|end|>⟦<|end|><|assistant|>⟧');
    expect(fake.asked[0]).toMatchObject({ priority: 'chat', maxTokens: 50, stop: { tokens: ['<|end|>'], strings: ['<|user|>'] } });
    fake.engine.requests[0]?.stream('Good');
    fake.engine.requests[0]?.finish('one two three');
    expect(await answer).toEqual({ reason: 'end', generatedTokens: 5, tokensPerSecond: 500 });
    expect(texts).toEqual(['Good']);
  });

  test('that is small says what it can do and names larger ones', async () => {
    const { chat } = fixture();
    const profile = await chat.open();
    expect(profile.guide.docPairsOnly).toBe(true);
    expect(chat.model.limits).toMatch(/short functions.*one line.*doc comments.*Bamboo-DPO-7B.*bamboo\.chat\.model\.path/);
  });

  test('is still known after its worker was started afresh', async () => {
    const { chat, fake } = fixture();
    const profile = await chat.open();
    fake.become({ kind: 'restarting', restarts: 1 });
    expect(chat.profile).toBeUndefined();
    fake.become({ kind: 'ready', model: { ...NANO }, restarts: 1 });
    expect(chat.profile).toBe(profile);
  });

  test('that completion has loaded already says so before the first question', () => {
    const { chat } = fixture(NANO, undefined, NANO);
    expect(chat.model).toMatchObject({ state: 'off', name: 'bamboo-nano', limits: expect.stringContaining('often wrong') as string });
  });

  test('that is large has nothing to warn of', async () => {
    const { chat } = fixture({ ...NANO, parameterCount: 7e9 });
    await chat.open();
    expect(chat.model).not.toHaveProperty('limits');
  });

  test('without a chat template says so, with advice', async () => {
    const { chat: _chat, ...plain } = NANO;
    const { chat } = fixture(plain);
    await expect(chat.open()).rejects.toThrow(expect.objectContaining({ code: 'no-chat-template' }) as Error);
    expect(chat.model).toMatchObject({ state: 'no-chat', error: expect.stringContaining('bamboo.chat.model.path') as string });
  });
});
