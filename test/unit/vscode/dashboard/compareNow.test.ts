import { beforeEach, describe, expect, test, vi } from 'vitest';
import { settle } from '../../completion/controlledEngine';
import { changeSetting, fake, resetFake } from '../fakeVscode';
import { changeText, command, edit, opened, pass, type SetUp } from './dashboardUnderTest';

vi.mock('vscode', () => import('../fakeVscode'));
beforeEach(resetFake);

describe('comparing on the user’s own file', () => {
  test('goes by the command and by the view, at the cursor of the active editor', async () => {
    const subject = opened();
    edit('const total = ¦\n');
    let focused = 0;
    fake.commands.set('bamboo.dashboard.focus', () => (focused += 1));
    await command('compareModes');
    await vi.waitFor(() => expect(subject.dashboard.state().comparison).toMatchObject({ kind: 'done', path: 'src/a.ts', sameText: true }));
    expect(focused).toBe(1);
    expect(new Set(subject.engine.asked)).toEqual(new Set(['dense', 'exact']));
    subject.page.say({ type: 'action', action: 'compare' });
    expect(subject.dashboard.state().comparison.kind).toBe('running');
    subject.page.say({ type: 'action', action: 'cancelCompare' });
    expect(subject.dashboard.state().comparison.kind).toBe('none');
  });

  test('after a look at the log it is still about the file', async () => {
    const subject = opened();
    edit('const total = ¦\n');
    edit('log ¦', { scheme: 'output', path: '/bamboo' });
    subject.page.say({ type: 'action', action: 'compare' });
    await vi.waitFor(() => expect(subject.dashboard.state().comparison).toMatchObject({ kind: 'done', path: 'src/a.ts' }));
  });

  test.each<[string, (subject: SetUp) => void, string]>([
    ['typing', () => changeText(edit('other¦')), 'you went on typing'],
    ['a switch', () => changeSetting('mode', 'dense'), 'the mode was switched'],
    ['a crash', ({ become }) => become({ kind: 'restarting', restarts: 1 }), 'the engine stopped'],
  ])('%s stops it, and it says so', async (_, happen, reason) => {
    const subject = opened();
    edit('const total = ¦\n');
    subject.engine.beforeAnswer = () => {
      if (subject.engine.asked.length === 3) happen(subject);
    };
    subject.page.say({ type: 'action', action: 'compare' });
    await vi.waitFor(() => expect(subject.dashboard.state().comparison.kind).toBe('failed'));
    await pass(subject);
    expect(subject.dashboard.state().comparison).toMatchObject({ kind: 'failed', message: expect.stringContaining(reason) as string });
    expect(subject.engine.asked).toHaveLength(3);
  });

  test('the log that grows meanwhile does not stop it', async () => {
    const subject = opened();
    edit('const total = ¦\n');
    const log = edit('log ¦', { scheme: 'output', path: '/bamboo' });
    subject.engine.beforeAnswer = () => changeText(log);
    subject.page.say({ type: 'action', action: 'compare' });
    await vi.waitFor(() => expect(subject.dashboard.state().comparison.kind).toBe('done'));
  });

  test.each<[string, (subject: SetUp) => void, string]>([
    ['no file is open', () => undefined, 'Open a file'],
    ['the file may hold secrets', () => edit('KEY=¦', { path: '/project/.env' }), 'may hold secrets'],
    [
      'the file is ignored',
      ({ engine }) => {
        edit('a = ¦');
        engine.ignored = Promise.resolve(true);
      },
      'keeps this file out',
    ],
    ['the file is binary', () => edit('MZ\0¦'), 'binary data'],
    [
      'the model is loading',
      ({ become }) => {
        edit('a = ¦');
        become({ kind: 'starting', restarts: 0 });
      },
      'still loading',
    ],
  ])('where %s it says why there is none', async (_, arrange, reason) => {
    const subject = opened();
    arrange(subject);
    subject.page.say({ type: 'action', action: 'compare' });
    await settle();
    expect(subject.dashboard.state().comparison).toMatchObject({ kind: 'failed', message: expect.stringContaining(reason) as string });
    expect(subject.engine.asked).toEqual([]);
  });
});
