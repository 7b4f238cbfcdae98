/**
 * The native backend over a scripted library: what goes in as tokens, what comes out as text, how a request is cancelled.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GenerateRequest, TokensNotification } from '../../../src/protocol/engineProtocol';
import { NativeBackend } from '../../../src/worker/backends/native';
import { createFakeModel, requestFor, type FakeModel } from '../../integration/fakeModel';
import { referencePieces, vocabularyMetadata } from '../model/referenceTokenizers';
import { bindingOf, FakeEngine, type Script } from './fakeBinding';

const never = new AbortController().signal;
let model: FakeModel;
beforeEach(() => {
  model = createFakeModel();
});
afterEach(() => model.remove());

async function loaded(script: Script = () => Promise.resolve({})): Promise<{ backend: NativeBackend; engine: FakeEngine }> {
  const engine = new FakeEngine(script);
  const backend = new NativeBackend(
    () => bindingOf(engine),
    () => 0,
  );
  await backend.loadModel({ modelPath: model.modelPath, threads: 0, contextLength: 0 });
  return { backend, engine };
}

function request(change: Partial<GenerateRequest> = {}): GenerateRequest {
  return { ...requestFor('text'), requestId: 'r', ...change };
}

function promptText(engine: FakeEngine): string {
  return Buffer.from(engine.asked[0]?.promptTokens ?? []).toString();
}

describe('loading', () => {
  it('gives the library the whole vocabulary', async () => {
    expect((await loaded()).engine.vocabularySize).toBe(300);
  });

  it('frees the model again when its tokenizer is missing', async () => {
    rmSync(path.join(path.dirname(model.modelPath), 'tokenizer.json'));
    const engine = new FakeEngine(() => Promise.resolve({}));
    const backend = new NativeBackend(
      () => bindingOf(engine),
      () => 0,
    );
    await expect(backend.loadModel({ modelPath: model.modelPath, threads: 0, contextLength: 0 })).rejects.toMatchObject({
      code: 'missing-tokenizer',
    });
    expect(engine.disposed).toBe(true);
    await expect(backend.generate(request(), () => undefined, never)).rejects.toMatchObject({ code: 'model-not-loaded' });
  });
});

describe('a model with a SentencePiece vocabulary in its file', () => {
  const metadata = vocabularyMetadata(referencePieces('llama2').slice(0, 300));

  it('needs no tokenizer.json: its begin token goes first, its end token always stops, and it is said to continue only', async () => {
    rmSync(path.join(path.dirname(model.modelPath), 'tokenizer.json'));
    const engine = new FakeEngine(() => Promise.resolve({}));
    const backend = new NativeBackend(
      () => ({ ...bindingOf(engine), readMetadata: () => metadata }),
      () => 0,
    );
    const description = await backend.loadModel({ modelPath: model.modelPath, threads: 0, contextLength: 0 });
    expect(description.promptForm).toBe('continuation');
    await backend.generate(request({ prompt: [{ kind: 'text', text: '\n' }] }), () => undefined, never);
    expect([...(engine.asked[0]?.promptTokens ?? [])].slice(0, 1)).toEqual([1]);
    expect([...(engine.asked[0]?.promptTokens ?? [])].at(-1)).toBe(3 + 10);
    expect([...(engine.asked[0]?.stopTokens ?? [])]).toEqual([2]);
  });
});

describe('generating', () => {
  it('turns parts into tokens, stop names into ids and stop strings into bytes', async () => {
    const { backend, engine } = await loaded();
    const prompt = [
      { kind: 'special', token: '<|endless|>' },
      { kind: 'text', text: 'ab' },
    ] as const;
    await backend.generate(request({ prompt, stop: { strings: ['\n'], tokens: ['<|fail|>'] } }), () => undefined, never);
    expect([...(engine.asked[0]?.promptTokens ?? [])]).toEqual([259, 97, 98]);
    expect([...(engine.asked[0]?.stopTokens ?? [])]).toEqual([261]);
    expect(engine.asked[0]?.stopStrings).toEqual([new Uint8Array([10])]);
  });

  it('streams text and gives it again as the result', async () => {
    const { backend } = await loaded((_params, emit) => {
      emit('one ');
      emit('two');
      return Promise.resolve({ stopReason: 'stop-string' });
    });
    const pieces: TokensNotification[] = [];
    const result = await backend.generate(request(), (tokens) => pieces.push(tokens), never);
    expect(pieces.map((piece) => piece.text)).toEqual(['one ', 'two']);
    expect(result).toMatchObject({
      requestId: 'r',
      text: 'one two',
      stopReason: 'stop-string',
      timings: { generatedTokens: 7, promptTokens: 4 },
    });
  });

  it('leaves room for the answer when the request names no prompt limit', async () => {
    const { backend, engine } = await loaded();
    const text = 'x'.repeat(300);
    await backend.generate(request({ prompt: [{ kind: 'text', text, trim: 'start' }], maxTokens: 56 }), () => undefined, never);
    expect(engine.asked[0]?.promptTokens.length).toBeLessThanOrEqual(200);
  });

  it('keeps to the prompt limit of the request, and always below the context', async () => {
    const { backend, engine } = await loaded();
    const prompt = [{ kind: 'text', text: 'x'.repeat(300), trim: 'start' }] as const;
    await backend.generate(request({ prompt, maxPromptTokens: 100 }), () => undefined, never);
    await backend.generate(request({ prompt, maxPromptTokens: 5000 }), () => undefined, never);
    expect(engine.asked.map((params) => params.promptTokens.length)).toEqual([44, 236]);
  });

  it('hands the limit of guessed tokens to the engine, and the counts of guesses to the caller', async () => {
    const { backend, engine } = await loaded(() => Promise.resolve({ draftedTokens: 9, acceptedTokens: 7 }));
    const { timings } = await backend.generate(request({ maxDraftTokens: 0 }), () => undefined, never);
    await backend.generate(request(), () => undefined, never);
    expect(engine.asked.map((params) => params.maxDraftTokens)).toEqual([0, undefined]);
    expect(timings).toMatchObject({ draftedTokens: 9, acceptedTokens: 7 });
  });

  it('refuses an empty prompt and an answer as long as the context', async () => {
    const { backend } = await loaded();
    await expect(backend.generate(request({ prompt: [{ kind: 'text', text: '' }] }), () => undefined, never)).rejects.toMatchObject({
      code: 'invalid-request',
    });
    await expect(backend.generate(request({ maxTokens: 256 }), () => undefined, never)).rejects.toMatchObject({ code: 'context-overflow' });
  });

  it('keeps a special token name in text as text', async () => {
    const { backend, engine } = await loaded();
    await backend.generate(request({ prompt: [{ kind: 'text', text: 'a <|crash|> b' }] }), () => undefined, never);
    expect(promptText(engine)).toBe('a <|crash|> b');
  });
});

describe('cancelling', () => {
  it('cancels the library, stops the stream at once and hands on what it says', async () => {
    const controller = new AbortController();
    const { backend, engine } = await loaded(async (_params, emit, self) => {
      emit('before');
      await new Promise<void>((resolve) => {
        self.onCancel = resolve;
        controller.abort();
      });
      emit('after');
      return { stopReason: 'cancelled' };
    });
    const shown: string[] = [];
    const result = await backend.generate(request(), (tokens) => shown.push(tokens.text), controller.signal);
    expect(engine.cancelled).toBe(true);
    expect(result.stopReason).toBe('cancelled');
    expect(shown).toEqual(['before']);
  });

  it('before the start does not reach the library', async () => {
    const { backend, engine } = await loaded();
    const result = await backend.generate(request(), () => undefined, AbortSignal.abort());
    expect(result).toMatchObject({ stopReason: 'cancelled', text: '' });
    expect(engine.asked).toEqual([]);
  });

  it('after the end does not cancel the next request', async () => {
    const { backend, engine } = await loaded();
    const controller = new AbortController();
    await backend.generate(request(), () => undefined, controller.signal);
    controller.abort();
    expect(engine.cancelled).toBe(false);
  });
});

describe('a paused backend', () => {
  it('hands the pause to the model that is loaded and to those loaded later', async () => {
    const { backend, engine } = await loaded();
    backend.setPaused(true);
    await backend.loadModel({ modelPath: model.modelPath, threads: 0, contextLength: 0 });
    backend.setPaused(false);
    expect(engine.pausesSet).toEqual([false, true, true, false]);
  });

  it('may be told so before a model is loaded', async () => {
    const engine = new FakeEngine(() => Promise.resolve({}));
    const backend = new NativeBackend(
      () => bindingOf(engine),
      () => 0,
    );
    backend.setPaused(true);
    await backend.loadModel({ modelPath: model.modelPath, threads: 0, contextLength: 0 });
    expect(engine.pausesSet).toEqual([true]);
  });
});

describe('what a backend says beside its answers', () => {
  it('describes the size of its model and of its KV cache', async () => {
    const engine = new FakeEngine(() => Promise.resolve({}));
    const backend = new NativeBackend(
      () => bindingOf(engine),
      () => 0,
    );
    const description = await backend.loadModel({ modelPath: model.modelPath, threads: 0, contextLength: 0 });
    expect(description).toMatchObject({ kvBytes: 4096, layers: 1, neuronsPerLayer: 16, denseBytesPerToken: 1000 });
    expect(description.chat).toBeUndefined();
  });

  it('counts the tokens of each text by itself', async () => {
    const { backend } = await loaded();
    expect(backend.countTokens(['abc', '', '<|end'])).toEqual([3, 0, 5]);
  });

  it('says how the activations spread over the neurons', async () => {
    const { backend, engine } = await loaded();
    engine.activity = { steps: 10, active: Uint32Array.of(8, 1, 1, ...new Uint32Array(13)) };
    expect(backend.neuronActivity()).toEqual({ tokens: 10, hotShares: [1 / 16], hotShare: 1 / 16 });
  });

  it('needs a model for it', () => {
    const backend = new NativeBackend(
      () => bindingOf(new FakeEngine(() => Promise.resolve({}))),
      () => 0,
    );
    expect(() => backend.countTokens(['a'])).toThrow(/No model is loaded/);
    expect(() => backend.neuronActivity()).toThrow(/No model is loaded/);
  });
});

describe('a model that chats', () => {
  it('stops at the end of its turn without being asked, and by name', async () => {
    const engine = new FakeEngine(() => Promise.resolve({}));
    const template = '{{ messages[0].content }}<|fail|>';
    const metadata = { 'tokenizer.chat_template': template, 'tokenizer.ggml.eot_token_id': 261 };
    const backend = new NativeBackend(
      () => ({ ...bindingOf(engine), readMetadata: () => metadata }),
      () => 0,
    );
    const { chat } = await backend.loadModel({ modelPath: model.modelPath, threads: 0, contextLength: 0 });
    expect(chat).toEqual({ template, beginToken: '', endToken: '<|fail|>' });
    await backend.generate(request({ priority: 'chat', stop: { strings: [], tokens: [chat?.endToken ?? ''] } }), () => undefined, never);
    await backend.generate(request({ priority: 'chat' }), () => undefined, never);
    expect(engine.asked.map(({ stopTokens }) => [...new Set(stopTokens)])).toEqual([[261], [261]]);
  });
});
