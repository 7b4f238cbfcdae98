import { describe, expect, test } from 'vitest';
import { settle } from '../completion/controlledEngine';
import { ask, exchange, SELECTION, sessionFixture, type SessionFixture } from './sessionFixture';

describe('changing the conversation', () => {
  test.each<[string, (fixture: SessionFixture, other: string) => void]>([
    ['begun', ({ session }) => session.newConversation()],
    ['opened', ({ session }, other) => session.open(other)],
  ])('an answer is stopped, and its text kept, when another conversation is %s; the next question is answered', async (_how, leave) => {
    const fixture = sessionFixture();
    await exchange(fixture, 'Other', 'Other answer');
    const other = fixture.session.state.current.id;
    fixture.session.newConversation();
    const answer = await ask(fixture, 'First');
    const { id } = fixture.session.state.current;
    answer.stream('Half an');
    leave(fixture, other);
    await settle();
    expect(answer.signal.aborted).toBe(true);
    const next = await ask(fixture, 'Second');
    expect(next.messages.at(-1)?.content).toBe('Second');
    next.finish();
    await settle();
    fixture.session.open(id);
    expect(fixture.texts()).toEqual(['First', 'Half an']);
    expect(fixture.message(1).state).toBe('stopped');
  });
});

describe('deleting a conversation', () => {
  test('does not wait for the answer that is written in another one, and leaves it alone', async () => {
    const fixture = sessionFixture();
    await exchange(fixture, 'Old', 'Answer');
    const old = fixture.session.state.current.id;
    fixture.session.newConversation();
    const answer = await ask(fixture, 'New');
    void fixture.session.remove(old);
    await settle();
    expect(fixture.session.state.conversations.map((conversation) => conversation.title)).toEqual(['New']);
    answer.stream('Still here');
    expect(fixture.message(1)).toMatchObject({ state: 'streaming', text: 'Still here' });
  });

  test('ends the answer that is written in it', async () => {
    const fixture = sessionFixture();
    const answer = await ask(fixture, 'Hello');
    answer.stream('Good');
    await fixture.session.remove(fixture.session.state.current.id);
    expect(answer.signal.aborted).toBe(true);
    expect(fixture.session.state.conversations).toEqual([]);
  });
});

describe('changing what was said', () => {
  test('an answer is written anew with other sampling; what followed is dropped', async () => {
    const fixture = sessionFixture();
    await exchange(fixture, 'One', 'First answer');
    await exchange(fixture, 'Two', 'Second answer');
    void fixture.session.regenerate(fixture.message(1).id);
    await settle();
    expect(fixture.texts()).toEqual(['One', '']);
    const again = fixture.backend.answers.at(-1);
    expect(again?.messages).toEqual([{ role: 'user', content: 'One' }]);
    expect(again?.options.sampling.temperature).toBeGreaterThan(fixture.backend.answers[0]?.options.sampling.temperature ?? 1);
  });

  test('a question is replaced; what followed is dropped, its mentions stay', async () => {
    const fixture = sessionFixture();
    const first = await ask(fixture, 'Why?', [SELECTION]);
    first.stream('Because.');
    first.finish();
    await settle();
    await exchange(fixture, 'Two', 'Second answer');
    void fixture.session.edit(fixture.message(0).id, 'Why not?');
    await settle();
    expect(fixture.texts()).toEqual(['Why not?', '']);
    expect(fixture.message(0).mentions).toEqual([SELECTION]);
    expect(fixture.backend.answers.at(-1)?.messages[0]?.content).toContain('const total = 1;');
  });

  test.each<[string, (fixture: SessionFixture) => Promise<void>]>([
    ['edited', (fixture) => fixture.session.edit(fixture.message(0).id, 'Compare them again')],
    ['answered anew', (fixture) => fixture.session.regenerate(fixture.message(1).id)],
  ])('a question that is %s sends the code that was selected, each selection its own', async (_how, change) => {
    const fixture = sessionFixture();
    fixture.mentionTexts.set('sel', 'const before = 1;').set('sel2', 'const after = 2;');
    void fixture.session.send('Compare', [SELECTION, { ...SELECTION, id: 'sel2' }]);
    await settle();
    const first = fixture.backend.answers.at(-1);
    first?.stream('Done.');
    first?.finish();
    await settle();
    // The selected lines were changed meanwhile.
    fixture.mentionTexts.set('sel', 'changed').set('sel2', 'changed');
    void change(fixture);
    await settle();
    expect(fixture.backend.answers).toHaveLength(2);
    const content = fixture.backend.answers[1]?.messages.at(-1)?.content ?? '';
    expect(content).toContain('const before = 1;');
    expect(content).toContain('const after = 2;');
    expect(content).not.toContain('changed');
  });

  test('of an unknown message changes nothing', async () => {
    const fixture = sessionFixture();
    await exchange(fixture, 'One', 'Answer');
    await fixture.session.regenerate('nothing');
    await fixture.session.edit('nothing', 'x');
    await fixture.session.edit(fixture.message(1).id, 'an answer cannot be edited');
    expect(fixture.texts()).toEqual(['One', 'Answer']);
  });
});
