import { beforeEach, describe, expect, test, vi } from 'vitest';
import { WINDOW } from '../../../src/completion/documentContext';
import { readDocumentContext } from '../../../src/vscode/documentReader';
import { Position, Range } from '../vscode/fakeVscode';
import { settle } from './controlledEngine';
import { ask, setUp, shownBy, type AskOptions, type SetUp } from './providerUnderTest';

vi.mock('vscode', () => import('../vscode/fakeVscode'));

let subject: SetUp;
beforeEach(() => {
  subject = setUp();
});

describe('a document that ignore rules keep out', () => {
  test.each([
    ['known already', true],
    ['read first', Promise.resolve(true)],
  ])('gets nothing, and nothing of it is read: %s', async (_, isExcluded) => {
    const excluded = setUp({ isExcluded: () => isExcluded });
    const asked = ask(excluded, 'const total = ¦\n');
    expect(await asked.items).toEqual([]);
    expect(excluded.events).toMatchObject([{ kind: 'silent', reason: 'ignored-file' }]);
    expect(asked.linesRead.size).toBe(0);
    expect(excluded.requests).toHaveLength(0);
  });
});

describe('ghost text', () => {
  test('goes from a keystroke to an item that begins at the start of the line', async () => {
    const marked = 'next();\n  const total = ¦\n';
    const asked = ask(subject, marked);
    subject.requests[0]?.finish('price;');
    const shown = await shownBy(asked, marked);
    expect(shown?.text).toBe('  const total = price;');
    expect(shown?.item.range?.start).toEqual(new Position(1, 0));
    expect(shown?.accepted).toEqual(['next();', '  const total = price;', '']);
    expect(subject.events.map((event) => event.kind)).toEqual(['generating', 'shown']);
    expect(subject.metrics.snapshot().shown).toBe(1);
  });

  test('an accepted item is counted by its command', async () => {
    const asked = ask(subject, 'const total = ¦\n');
    subject.requests[0]?.finish('price;');
    const [item] = await asked.items;
    expect(item?.command).toMatchObject({ command: 'bamboo.internal.accepted', arguments: [6] });
  });

  test('replaces the brackets that the editor closed when the suggestion brings its own', async () => {
    const marked = 'print(¦)\n';
    const asked = ask(subject, marked);
    subject.requests[0]?.finish('price).then(done);');
    expect((await shownBy(asked, marked))?.accepted).toEqual(['print(price).then(done);', '']);
  });

  test('in a CRLF document the lines of a suggestion end like the others', async () => {
    const marked = 'next();\r\nif (ready) ¦\r\n';
    const asked = ask(subject, marked);
    subject.requests[0]?.finish('{');
    await settle();
    subject.requests[1]?.finish('  go();');
    await settle();
    subject.requests[2]?.finish('}');
    expect((await shownBy(asked, marked))?.text).toBe('if (ready) {\r\n  go();\r\n}');
  });

  test('asked by command it works even inside a word', async () => {
    const marked = 'return va¦lue;';
    const asked = ask(subject, marked, { explicit: true });
    subject.requests[0]?.finish('rious');
    expect((await shownBy(asked, marked))?.accepted).toEqual(['return variouslue;']);
  });
});

describe('beside the suggest widget', () => {
  test('the item extends the selected entry and has its range', async () => {
    const asked = ask(subject, 'console.l¦\n', { selected: { text: 'log', from: 8, to: 9 } });
    subject.requests[0]?.finish('(price);');
    const [item] = await asked.items;
    expect(item?.insertText).toBe('log(price);');
    expect(item?.range).toEqual(new Range(new Position(0, 8), new Position(0, 9)));
  });

  test('an earlier suggestion that agrees with the entry is served without asking', async () => {
    const first = ask(subject, 'console.¦\n');
    subject.requests[0]?.finish('log(price);');
    await first.items;
    const [item] = await ask(subject, 'console.l¦\n', { selected: { text: 'log', from: 8, to: 9 } }).items;
    expect(item?.insertText).toBe('log(price);');
    expect(subject.requests).toHaveLength(1);
  });

  test('an entry that is not at the cursor gives silence with a reason', async () => {
    expect(await ask(subject, 'console.l¦\n', { selected: { text: 'log', from: 12, to: 14 } }).items).toEqual([]);
    expect(subject.events.at(-1)).toMatchObject({ kind: 'silent', reason: 'popup-mismatch' });
  });
});

describe('silence always has a reason', () => {
  test.each<[string, string, AskOptions, string]>([
    ['a language that is switched off', '# Title ¦', { languageId: 'markdown' }, 'language-disabled'],
    ['a file that may hold secrets', 'KEY=¦', { path: '/project/.env' }, 'excluded-file'],
    ['the log', 'text¦', { scheme: 'output' }, 'unsupported-document'],
    ['binary data opened as text', 'MZ\0\0¦\0', {}, 'binary-file'],
    ['an empty file', '¦', {}, 'empty-file'],
    ['the inside of a word', 'va¦lue', {}, 'inside-word'],
  ])('%s', async (_, marked, options, reason) => {
    expect(await ask(subject, marked, options).items).toEqual([]);
    expect(subject.events).toMatchObject([{ kind: 'silent', reason }]);
    expect(subject.requests).toHaveLength(0);
    expect(subject.logged.join()).toContain(reason);
  });

  test('nothing of a file with secrets is read', async () => {
    const asked = ask(subject, 'KEY=¦', { path: '/project/.env' });
    await asked.items;
    expect(asked.linesRead.size).toBe(0);
  });

  test('the model has nothing to insert', async () => {
    const asked = ask(subject, 'go();¦\n');
    subject.requests[0]?.finish('');
    expect(await asked.items).toEqual([]);
    expect(subject.events.at(-1)).toMatchObject({ kind: 'silent', reason: 'empty-middle' });
  });

  test('the same reason again is logged at level debug only', async () => {
    const levels: string[] = [];
    const log = { trace: () => undefined, debug: () => levels.push('debug'), info: () => levels.push('info'), error: () => undefined };
    subject = setUp({ log });
    await ask(subject, 'va¦lue').items;
    await ask(subject, 'val¦ue').items;
    await ask(subject, '¦').items;
    expect(levels).toEqual(['info', 'debug', 'info']);
  });

  test('the engine does not run', async () => {
    subject = setUp({ engineSilence: () => 'engine-stopped' });
    expect(await ask(subject, 'a = ¦').items).toEqual([]);
    expect(subject.events).toMatchObject([{ kind: 'silent', reason: 'engine-stopped' }]);
  });

  test('a failure of the engine goes to the log and to the status, not to the user', async () => {
    const asked = ask(subject, 'a = ¦');
    subject.requests[0]?.fail(new Error('out of memory'));
    expect(await asked.items).toEqual([]);
    expect(subject.events.at(-1)).toMatchObject({ kind: 'silent', reason: 'engine-error' });
    expect(subject.logged.join()).toContain('out of memory');
  });
});

describe('cancellation', () => {
  test('a cancelled request shows nothing, even when its text arrives', async () => {
    const asked = ask(subject, 'const total = ¦\n');
    asked.cancel();
    subject.requests[0]?.finish('price;');
    expect(await asked.items).toEqual([]);
    expect(subject.events.at(-1)).toMatchObject({ kind: 'silent', reason: 'cancelled' });
  });

  test('cancelled in the moment in which the text arrives', async () => {
    const asked = ask(subject, 'const total = ¦\n');
    subject.requests[0]?.finish('price;');
    asked.cancel();
    expect(await asked.items).toEqual([]);
  });

  test('typing on joins the running request', async () => {
    const first = ask(subject, 'const total = ¦\n');
    first.cancel();
    const marked = 'const total = p¦\n';
    const second = ask(subject, marked);
    subject.requests[0]?.finish('price;');
    expect((await shownBy(second, marked))?.accepted[0]).toBe('const total = price;');
    expect(subject.requests).toHaveLength(1);
  });

  test('a joined request ran the model: its suggestion is not from the cache', async () => {
    ask(subject, 'const total = ¦\n').cancel();
    const joined = ask(subject, 'const total = p¦\n');
    subject.requests[0]?.finish('price;');
    expect(await joined.items).toHaveLength(1);
    expect(subject.metrics.usefulness()).toMatchObject({ shown: 1, shownFromCache: 0 });
  });

  test('a suggestion typed along is shown once; one that comes back is from the cache', async () => {
    const typed = (insertedText: string, offset: number, removedLength = 0): void => {
      subject.acceptance.changed({ documentKey, offset, removedLength, insertedText, isUndoOrRedo: false });
    };
    const first = ask(subject, 'const total = ¦\n');
    const documentKey = first.document.uri.toString();
    subject.requests[0]?.finish('price;');
    expect(await first.items).toHaveLength(1);
    for (const [at, character] of ['p', 'r', 'i'].entries()) {
      typed(character, 14 + at);
      expect(await ask(subject, `const total = ${'pri'.slice(0, at + 1)}¦\n`).items).toHaveLength(1);
    }
    expect(subject.metrics.usefulness()).toMatchObject({ shown: 1, shownFromCache: 0 });
    typed('x', 17);
    typed('', 17, 1);
    expect(await ask(subject, 'const total = pri¦\n').items).toHaveLength(1);
    expect(subject.metrics.usefulness()).toMatchObject({ shown: 2, shownFromCache: 1 });
  });

  test('listeners on the token are removed', async () => {
    const asked = ask(subject, 'const total = ¦\n');
    subject.requests[0]?.finish('price;');
    await asked.items;
    expect(asked.listeners.size).toBe(0);
  });
});

describe('unusual documents', () => {
  test.each([
    ['one character', 'x¦'],
    ['emoji', '// 😀😀\nconst face = "😀¦\n// 😀'],
    ['Chinese and Japanese', '# 变量\n名前 = ¦\n# 次の行'],
    ['a cursor at the very start', '¦const a = 1;\n'],
    ['no line break at the end', 'const a = ¦'],
    ['a right-to-left script', 'const שלום = ¦\n'],
  ])('%s', async (_, marked) => {
    const asked = ask(subject, marked);
    subject.requests[0]?.finish('done');
    expect((await shownBy(asked, marked))?.accepted.join('\n')).toContain('done');
  });

  test('50,000 lines: only a window around the cursor is read', async () => {
    const line = 'const value = compute(other);\n';
    const asked = ask(subject, `${line.repeat(25_000)}const total = ¦\n${line.repeat(25_000)}`);
    subject.requests[0]?.finish('price;');
    expect(await asked.items).toHaveLength(1);
    const linesInWindows = (WINDOW.prefixChars + WINDOW.suffixChars) / line.length;
    expect(asked.linesRead.size).toBeLessThanOrEqual(linesInWindows + 3);
  });

  test('one line of a megabyte: the item begins at the cursor and the windows stay small', async () => {
    const marked = `${'a+'.repeat(500_000)}¦`;
    const contexts: number[] = [];
    subject = setUp({
      readContext: (document, position) => {
        const context = readDocumentContext(document, position);
        contexts.push(context.prefix.length);
        return context;
      },
    });
    const asked = ask(subject, marked);
    subject.requests[0]?.finish('b');
    const [item] = await asked.items;
    expect(item?.insertText).toBe('b');
    expect(contexts).toEqual([WINDOW.prefixChars]);
  });
});
