/**
 * The document that a replay types: what the editor adds by itself, and what makes a suggestion right.
 */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { takenOf } from '../../../src/cli/replay/acceptance';
import { readSessions } from '../../../src/cli/replay/readSessions';
import { TypedDocument } from '../../../src/cli/replay/typedDocument';
import { sessionOf } from '../../../src/cli/replay/typingSession';

const COMMITTED = path.resolve(__dirname, '../../../bench/completion/sessions');

function documentOf(typed: string, before = '', after = '\n'): TypedDocument {
  return new TypedDocument(sessionOf({ path: 'src/sum.ts', before, typed, after }));
}

/** Types until the written text ends so. */
function typedUpTo(document: TypedDocument, written: string): TypedDocument {
  while (document.written !== written) {
    if (document.isDone) throw new Error(`"${written}" is no beginning of the typed text`);
    if (!document.moveOverClosers()) document.type();
  }
  return document;
}

const suggestion = (text: string, tailLength = 0) => ({ text, tailLength });

describe('while typing', () => {
  it('Enter brings the indentation of the next line', () => {
    const document = typedUpTo(documentOf('a;\n    b;'), 'a;');
    expect(document.type()).toBe('\n    ');
    expect(document.line).toBe(1);
  });

  it('the editor closes a bracket behind the cursor and the closer is typed over', () => {
    const document = typedUpTo(documentOf('f(x);'), 'f(');
    expect(document.context()).toMatchObject({ prefix: 'f(', suffix: ')\n' });
    expect(typedUpTo(document, 'f(x)').context()).toMatchObject({ prefix: 'f(x)', suffix: '\n' });
  });

  it('Enter inside of braces puts the closer on its own line, and the cursor moves over it in the end', () => {
    const document = typedUpTo(documentOf('  g(() => {\n    h();\n  });'), '  g(() => {');
    expect(document.tail).toBe('})');
    document.type();
    expect(document.tail).toBe('\n  })');
    typedUpTo(document, '  g(() => {\n    h();');
    expect(document.moveOverClosers()).toBe(true);
    expect(document.rest).toBe(';');
    expect(document.tail).toBe('');
  });

  it('an apostrophe in prose and a bracket that the text never closes stay alone', () => {
    expect(typedUpTo(documentOf("// don't (yet"), "// don't (").tail).toBe('');
  });

  it('a character of two units is one key', () => {
    expect(documentOf('🎋x').type()).toBe('🎋');
  });

  it('every committed session ends as its file, with nothing left behind the cursor', async () => {
    const sessions = await readSessions(COMMITTED);
    expect(sessions.length).toBeGreaterThanOrEqual(30);
    for (const session of sessions) {
      const document = typedUpTo(new TypedDocument(session), session.typed);
      expect(document.tail).toBe('');
      expect((session.before + session.typed).endsWith(document.context().prefix)).toBe(true);
      expect(session.after.startsWith(document.context().suffix)).toBe(true);
    }
  });
});

describe('a suggestion', () => {
  const document = typedUpTo(documentOf('const sum = add(a, b);\nprint(sum);'), 'const sum = add(');

  it('is right when accepting it leaves the text that would have been typed', () => {
    expect(document.isRight(suggestion('a, b'))).toBe(true);
    expect(document.isRight(suggestion('a, b);', 1))).toBe(true);
    expect(document.isRight(suggestion('a, c', 0))).toBe(false);
  });

  it('is wrong when it doubles the closer that the editor put there', () => {
    expect(document.isRight(suggestion('a, b);', 0))).toBe(false);
  });

  it('ends the line right only with all that the line still lacks', () => {
    expect(document.endsLineRight(suggestion('a, b);', 1))).toBe(true);
    expect(document.endsLineRight(suggestion('a, b', 0))).toBe(false);
    expect(document.endsLineRight(suggestion('a, b);\nwrong();', 1))).toBe(true);
  });

  it('is taken whole, by its right lines, or by its right words, as the policy says', () => {
    const lines = typedUpTo(documentOf('first();\nsecond();\nthird();'), 'f');
    const half = suggestion('irst();\nsecond();\nfourth();');
    expect(takenOf(half, lines, 'whole')).toBeUndefined();
    expect(takenOf(half, lines, 'line')?.text).toBe('irst();\nsecond();');
    expect(takenOf(suggestion('irst(wrong)'), lines, 'line')).toBeUndefined();
    expect(takenOf(suggestion('irst(wrong)'), lines, 'word')?.text).toBe('irst(');
  });

  it('is not taken for less than three keys', () => {
    const end = typedUpTo(documentOf('f(x);'), 'f(x');
    expect(end.isRight(suggestion(');', 1))).toBe(true);
    expect(takenOf(suggestion(');', 1), end, 'whole')).toBeUndefined();
  });

  it('brings brackets that the editor does not close', () => {
    const opened = typedUpTo(documentOf('if (ok) {\n  run(1);\n}'), 'i');
    opened.accept(suggestion('f (ok) {'));
    expect(opened.context()).toMatchObject({ prefix: 'if (ok) {', suffix: '\n' });
  });

  it('saves the keys that it has, indentation not counted', () => {
    expect(typedUpTo(documentOf('a;\n      b;'), 'a').keysIn(';\n      b;'.length)).toBe(4);
  });
});
