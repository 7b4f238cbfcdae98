import { describe, expect, test } from 'vitest';
import { HISTORY_KEY } from '../../../src/chat/chatHistory';
import { SESSION_NOTICES } from '../../../src/chat/sessionEvent';
import { ANSWER_NOTICES, EMPTY_ANSWER } from '../../../src/chat/writeAnswer';
import { CHAT_LIMITS } from '../../../src/protocol/chat';
import { settle } from '../completion/controlledEngine';
import { fakeBackend, PROFILE } from './fakeBackend';
import { ask, exchange, SELECTION, sessionFixture } from './sessionFixture';

describe('an answer', () => {
  test('waits, streams and completes, with the numbers that the engine measured', async () => {
    const fixture = sessionFixture();
    const answer = await ask(fixture, 'What is a monad?');
    expect(fixture.message(1)).toMatchObject({ role: 'assistant', state: 'waiting', text: '' });
    answer.stream('A monoid');
    expect(fixture.message(1)).toMatchObject({ state: 'streaming', text: 'A monoid' });
    expect(fixture.session.state.streamingId).toBe(fixture.message(1).id);
    answer.stream(' of endofunctors.');
    expect(fixture.events.at(-1)).toEqual({ type: 'append', messageId: fixture.message(1).id, text: ' of endofunctors.' });
    answer.finish();
    await settle();
    expect(fixture.message(1)).toMatchObject({
      state: 'complete',
      text: 'A monoid of endofunctors.',
      generatedTokens: 3,
      tokensPerSecond: 12,
    });
    expect(fixture.session.state).not.toHaveProperty('streamingId');
    expect(fixture.session.state.current.title).toBe('What is a monad?');
  });

  test('stops at once and keeps its text; what the model still sends is not shown', async () => {
    const fixture = sessionFixture();
    const answer = await ask(fixture, 'Count to ten');
    answer.stream('```ts\none');
    fixture.session.stop();
    expect(answer.signal.aborted).toBe(true);
    answer.stream(' two');
    await settle();
    expect(fixture.message(1)).toMatchObject({ state: 'stopped', text: '```ts\none\n```' });
  });

  test('stops while the model still starts', async () => {
    const fixture = sessionFixture(fakeBackend(PROFILE, () => new Promise(() => undefined)));
    void fixture.session.send('Hello', []);
    await settle();
    fixture.session.stop();
    await settle();
    expect(fixture.message(1)).toMatchObject({ state: 'stopped', text: '' });
    expect(fixture.backend.answers).toHaveLength(0);
  });

  test('that fails keeps what was written, with the sentence', async () => {
    const fixture = sessionFixture();
    const answer = await ask(fixture, 'Hello');
    answer.stream('Half an');
    answer.fail('The worker process ended unexpectedly.');
    await settle();
    expect(fixture.message(1)).toMatchObject({ state: 'failed', text: 'Half an', error: 'The worker process ended unexpectedly.' });
  });

  test('begins anew after a crash of the worker', async () => {
    const fixture = sessionFixture();
    const answer = await ask(fixture, 'Hello');
    answer.stream('First try');
    answer.restart();
    expect(fixture.message(1)).toMatchObject({ state: 'waiting', text: '' });
    answer.stream('Second try');
    answer.finish();
    await settle();
    expect(fixture.message(1)).toMatchObject({ state: 'complete', text: 'Second try' });
    expect(fixture.events).toContainEqual({ type: 'notice', text: SESSION_NOTICES.restarted });
  });

  test('of which the second try gives less keeps the first', async () => {
    const fixture = sessionFixture();
    const answer = await ask(fixture, 'Hello');
    answer.stream('A long first try');
    answer.restart();
    answer.stream('A');
    answer.fail('It crashed again.');
    await settle();
    expect(fixture.message(1)).toMatchObject({ state: 'failed', text: 'A long first try' });
  });

  test('that loops is ended and says so', async () => {
    const fixture = sessionFixture();
    const answer = await ask(fixture, 'Sing');
    answer.stream(`A song of some length that goes ${'and on '.repeat(4)}la la la la`);
    await settle();
    expect(answer.signal.aborted).toBe(true);
    expect(fixture.message(1).state).toBe('complete');
    expect(fixture.message(1).text).toContain(`*${ANSWER_NOTICES.loop}*`);
  });

  test('is bounded', async () => {
    const fixture = sessionFixture();
    const answer = await ask(fixture, 'Write a book');
    for (let page = 0; page < 3; page += 1) answer.stream(`${page} `.repeat(CHAT_LIMITS.answerChars / 4));
    await settle();
    const stored = fixture.session.conversation.messages[1];
    expect(stored?.text.length).toBe(CHAT_LIMITS.answerChars);
    expect(stored?.notice).toBe(ANSWER_NOTICES.tooLong);
  });

  test('that reaches its limit of tokens says so', async () => {
    const fixture = sessionFixture();
    const answer = await ask(fixture, 'Write a book');
    answer.stream('Chapter one');
    answer.finish('length');
    await settle();
    expect(fixture.session.conversation.messages[1]?.notice).toBe(ANSWER_NOTICES.tokens(100));
  });

  test('without text is a failure', async () => {
    const fixture = sessionFixture();
    (await ask(fixture, 'Hello')).finish();
    await settle();
    expect(fixture.message(1)).toMatchObject({ state: 'failed', error: EMPTY_ANSWER });
  });

  test('is not begun while another is written; the question goes back to the input box', async () => {
    const fixture = sessionFixture();
    await ask(fixture, 'First');
    await fixture.session.send('Second', [SELECTION]);
    expect(fixture.events).toContainEqual({ type: 'compose', text: 'Second', mentions: [SELECTION] });
    expect(fixture.texts()).toEqual(['First', '']);
  });
});

describe('what a model is sent', () => {
  test('the conversation so far, with what questions brought along', async () => {
    const fixture = sessionFixture();
    const first = await ask(fixture, 'What is this?', [SELECTION]);
    first.stream('A constant.');
    first.finish();
    await settle();
    const second = await ask(fixture, 'And why?');
    expect(second.messages.map((message) => message.role)).toEqual(['user', 'assistant', 'user']);
    expect(second.messages[0]?.content).toBe('What is this?\n\n#selection:\n```ts\nconst total = 1;\n```');
    expect(second.messages[2]?.content).toBe('And why?');
  });

  test('exchanges that do not fit are left out and flagged', async () => {
    const fixture = sessionFixture();
    await exchange(fixture, 'One', 'word '.repeat(120));
    await exchange(fixture, 'Two', 'word '.repeat(120));
    const answer = await ask(fixture, 'Three');
    expect(answer.messages.map((message) => message.content.split(' ')[0])).toEqual(['Two', 'word', 'Three']);
    expect(fixture.session.state.current.messages.map((message) => message.trimmed)).toEqual([true, true, false, false, false, false]);
  });

  test('mentions that do not fit are cut, which the prompt says', async () => {
    const fixture = sessionFixture();
    fixture.mentionTexts.set('sel', 'const a = 1;\n'.repeat(200));
    const answer = await ask(fixture, 'What is this?', [SELECTION]);
    const content = answer.messages[0]?.content ?? '';
    expect(content).toContain('… (cut)');
    expect(content.split(/\s+/).length).toBeLessThanOrEqual(200);
    expect(content.split(/\s+/).length).toBeGreaterThan(150);
  });

  test('a question longer than the context fails with advice, and stays', async () => {
    const fixture = sessionFixture();
    await fixture.session.send('word '.repeat(500), []);
    expect(fixture.message(1)).toMatchObject({ state: 'failed', error: expect.stringContaining('Shorten it') as string });
    expect(fixture.message(0).text.length).toBeGreaterThan(2000);
  });

  test('a mention that is gone fails with advice', async () => {
    const fixture = sessionFixture();
    await fixture.session.send('What?', [{ kind: 'file', label: 'file:gone.ts', id: 'gone' }]);
    expect(fixture.message(1)).toMatchObject({ state: 'failed', error: expect.stringContaining('#file:gone.ts cannot be read') as string });
    expect(fixture.backend.answers).toHaveLength(0);
  });
});

describe('slash commands', () => {
  test('take the selection when no code is mentioned', async () => {
    const fixture = sessionFixture();
    fixture.selection = SELECTION;
    const answer = await ask(fixture, '/explain the name');
    expect(answer.messages[0]?.content).toContain('Explain what this code does');
    expect(answer.messages[0]?.content).toContain('the name');
    expect(answer.messages[0]?.content).toContain('const total = 1;');
    expect(fixture.message(0).mentions).toEqual([SELECTION]);
  });

  test('without any code are not sent; the text goes back', async () => {
    const fixture = sessionFixture();
    await fixture.session.send('/fix', []);
    expect(fixture.events).toEqual([
      { type: 'notice', text: SESSION_NOTICES.needsCode },
      { type: 'compose', text: '/fix', mentions: [] },
    ]);
  });

  test('/commit brings the staged changes', async () => {
    const fixture = sessionFixture();
    expect((await ask(fixture, '/commit')).messages[0]?.content).toContain('+ added line');
  });

  test('/new begins a conversation, /clear deletes the open one', async () => {
    const fixture = sessionFixture();
    await exchange(fixture, 'One', 'Answer');
    await fixture.session.send('/new', []);
    expect(fixture.session.state.current.messages).toEqual([]);
    expect(fixture.session.state.conversations).toHaveLength(1);
    await exchange(fixture, 'Two', 'Answer');
    await fixture.session.send('/clear', []);
    expect(fixture.session.state.conversations.map((conversation) => conversation.title)).toEqual(['One']);
  });
});

describe('the tokens of a question', () => {
  test('are counted by the model that was started for it, not by the one before', async () => {
    let wordTokens = 1;
    let profile = PROFILE;
    const backend = fakeBackend(PROFILE);
    const switching = Object.defineProperties(backend, {
      profile: { get: () => profile },
      open: {
        value: () => {
          // The worker was started with another model meanwhile.
          profile = { ...PROFILE };
          wordTokens = 100;
          return Promise.resolve(profile);
        },
      },
      countTokens: { value: (texts: readonly string[]) => Promise.resolve(texts.map((text) => text.split(' ').length * wordTokens)) },
    });
    const fixture = sessionFixture(switching);
    await fixture.session.setDraft('one two three', []);
    await fixture.session.send('one two three', []);
    expect(fixture.message(1)).toMatchObject({ state: 'failed', error: expect.stringContaining('Shorten it') as string });
  });
});

describe('the budget of a draft', () => {
  test('names what it counts and what will be left out', async () => {
    const fixture = sessionFixture();
    await exchange(fixture, 'One', 'word '.repeat(120));
    await fixture.session.setDraft('four words of mine', [SELECTION]);
    expect(fixture.session.state.budget).toEqual({
      available: 200,
      parts: [
        { label: 'conversation', tokens: 121 },
        { label: '#selection', tokens: 7 },
        { label: 'your text', tokens: 4 },
      ],
      trimmedMessages: 0,
      cutMentions: [],
    });
    await fixture.session.setDraft('word '.repeat(100), []);
    expect(fixture.session.state.budget.trimmedMessages).toBe(2);
  });

  test('is an estimate, and says so, while no model runs', async () => {
    const fixture = sessionFixture();
    fixture.backend.become({ state: 'off' });
    await fixture.session.setDraft('four words of mine', []);
    expect(fixture.session.state.budget).toMatchObject({ estimated: true, parts: [{ label: 'your text', tokens: 6 }] });
  });
});

describe('nothing is lost', () => {
  test('the question is stored before the answer begins, and the answer when it ends', async () => {
    const fixture = sessionFixture();
    const answer = await ask(fixture, 'Hello');
    expect(JSON.stringify(fixture.storage.values.get(HISTORY_KEY))).toContain('Hello');
    answer.stream('Good day');
    answer.finish();
    await settle();
    expect(JSON.stringify(fixture.storage.values.get(HISTORY_KEY))).toContain('Good day');
  });

  test('what was written when the editor closed is there afterwards, as stopped', async () => {
    const fixture = sessionFixture();
    const answer = await ask(fixture, 'Hello');
    answer.stream('Half an');
    await fixture.session.dispose();
    const reopened = sessionFixture(fakeBackend(), fixture.storage);
    expect(reopened.texts()).toEqual(['Hello', 'Half an']);
    expect(reopened.message(1).state).toBe('stopped');
  });
});
