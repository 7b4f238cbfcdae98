import { describe, expect, test } from 'vitest';
import { acceptanceHandler, AcceptanceTracker, type ShownSuggestion, type TextChange } from '../../../src/completion/acceptance';
import { MetricsStore } from '../../../src/metrics/metricsStore';

const KEY = 'file:///project/a.ts';
/** The line begins at 100: `  const total = ` and then what the model suggests. */
const LINE = '  const total = ';
const START = 100;
const CURSOR = START + LINE.length;
const TEXT = 'price * count;';

function setUp(text = TEXT, present = LINE) {
  const metrics = new MetricsStore();
  const tracker = new AcceptanceTracker(metrics);
  let cursor = START + present.length;
  const show = (overrides: Partial<ShownSuggestion> = {}): boolean =>
    tracker.shown({ documentKey: KEY, startOffset: START, present, text: present + text, suggestedFrom: present.length, ...overrides });
  const change = (insertedText: string, overrides: Partial<TextChange> = {}): void => {
    tracker.changed({ documentKey: KEY, offset: cursor, removedLength: 0, insertedText, isUndoOrRedo: false, ...overrides });
    cursor += insertedText.length;
  };
  show();
  const counted = () => {
    const { accepted, partlyAccepted, charactersSaved } = metrics.usefulness();
    return { accepted, partlyAccepted, charactersSaved };
  };
  return { metrics, tracker, show, change, counted };
}

const NOTHING = { accepted: 0, partlyAccepted: 0, charactersSaved: 0 };

describe('partial accepts', () => {
  test.each<[string, string, string[], { partlyAccepted: number; charactersSaved: number }]>([
    ['a word', TEXT, ['price'], { partlyAccepted: 1, charactersSaved: 5 }],
    ['two words of one suggestion', TEXT, ['price', ' *'], { partlyAccepted: 1, charactersSaved: 7 }],
    ['a word after typing its beginning', TEXT, ['p', 'r', 'ice'], { partlyAccepted: 1, charactersSaved: 3 }],
    ['a line of several', '{\n  go();\n}', ['{\n  go();'], { partlyAccepted: 1, charactersSaved: 9 }],
    ['a line in a CRLF document', '{\r\n  go();\r\n}', ['{\r\n  go();'], { partlyAccepted: 1, charactersSaved: 9 }],
    ['a word of two UTF-16 units and more', '😀😀 = 1', ['😀😀'], { partlyAccepted: 1, charactersSaved: 4 }],
  ])('%s', (_, text, inserted, expected) => {
    const { change, counted } = setUp(text);
    for (const part of inserted) change(part);
    expect(counted()).toEqual({ accepted: 0, ...expected });
  });

  test('the editor may show the rest anew after each part: it stays one suggestion', () => {
    const { change, counted, show } = setUp();
    change('price');
    show({ present: `${LINE}price`, suggestedFrom: LINE.length + 5 });
    change(' *');
    show({ present: `${LINE}price *`, suggestedFrom: LINE.length + 7 });
    expect(counted()).toEqual({ accepted: 0, partlyAccepted: 1, charactersSaved: 7 });
  });

  test('another suggestion accepted in part is another one', () => {
    const { change, counted, show, tracker } = setUp();
    change('price');
    show({ startOffset: 500, present: '', text: 'total + 1', suggestedFrom: 0 });
    tracker.changed({ documentKey: KEY, offset: 500, removedLength: 0, insertedText: 'total', isUndoOrRedo: false });
    expect(counted()).toEqual({ accepted: 0, partlyAccepted: 2, charactersSaved: 10 });
  });

  test('text inserted further up moves the place', () => {
    const { change, counted, tracker } = setUp();
    tracker.changed({ documentKey: KEY, offset: 3, removedLength: 2, insertedText: 'import x;\n', isUndoOrRedo: false });
    change('price', { offset: CURSOR + 8 });
    expect(counted().partlyAccepted).toBe(1);
  });

  test('text changed further down does not matter', () => {
    const { change, counted, tracker } = setUp();
    tracker.changed({ documentKey: KEY, offset: CURSOR + 50, removedLength: 2, insertedText: 'zzz', isUndoOrRedo: false });
    change('price');
    expect(counted().partlyAccepted).toBe(1);
  });
});

describe('what is not a partial accept', () => {
  test.each<[string, string, string[]]>([
    ['typing it character by character', TEXT, 'price *'.split(/(?:)/u)],
    ['typing an emoji, which is two UTF-16 units', '😀 = 1', ['😀']],
    ['Enter, which brings its indentation', '\n    go();', ['\n    ']],
    ['Tab, which inserts spaces', '    go();', ['    ']],
    ['a bracket that the editor closes', '()', ['()']],
    ['a quote that the editor closes', '"";', ['""']],
    ['other text', TEXT, ['other']],
    ['more than the suggestion', TEXT, [`${TEXT}\nmore`]],
  ])('%s', (_, text, inserted) => {
    const { change, counted } = setUp(text);
    for (const part of inserted) change(part);
    expect(counted()).toEqual(NOTHING);
  });

  test('an entry of the suggest widget that replaces the word begun', () => {
    const { change, counted } = setUp();
    change('p');
    change('price', { offset: CURSOR, removedLength: 1 });
    expect(counted()).toEqual(NOTHING);
  });

  test('an entry of the suggest widget that the item extends', () => {
    const { change, counted, show } = setUp();
    show({ present: 'console.', text: 'console.log(price);', suggestedFrom: 11 });
    change('log', { offset: START + 8 });
    expect(counted()).toEqual(NOTHING);
    change('(price', { offset: START + 11 });
    expect(counted()).toMatchObject({ partlyAccepted: 1, charactersSaved: 6 });
  });

  test('undo and redo', () => {
    const { change, counted } = setUp();
    change('price');
    change('', { offset: CURSOR, removedLength: 5, isUndoOrRedo: true });
    change('price', { offset: CURSOR, isUndoOrRedo: true });
    expect(counted()).toEqual({ accepted: 0, partlyAccepted: 1, charactersSaved: 5 });
  });

  test('the same text in another document or at another place', () => {
    const { change, counted } = setUp();
    change('price', { documentKey: 'file:///project/b.ts' });
    change('price', { offset: 7 });
    change('price', { offset: CURSOR + 30 });
    expect(counted()).toEqual(NOTHING);
  });

  test('text inserted after the line went another way', () => {
    const { change, counted } = setUp();
    change('x');
    change('price');
    expect(counted()).toEqual(NOTHING);
  });

  test('an item that does not begin with what stands there is not followed', () => {
    const { change, counted, show } = setUp();
    show({ present: 'consle.', text: 'console.log();' });
    change('log');
    expect(counted()).toEqual(NOTHING);
  });
});

describe('full accepts', () => {
  test('the command counts one, with the characters that the change added', () => {
    const { change, counted, tracker } = setUp();
    change(LINE + TEXT, { offset: START, removedLength: LINE.length });
    expect(tracker.accepted(TEXT.length)).toBe(TEXT.length);
    expect(counted()).toEqual({ accepted: 1, partlyAccepted: 0, charactersSaved: TEXT.length });
  });

  test('what was typed meanwhile is not saved', () => {
    const { change, counted, tracker } = setUp();
    for (const typed of 'pri') change(typed);
    change(LINE + TEXT, { offset: START, removedLength: LINE.length + 3 });
    tracker.accepted(TEXT.length);
    expect(counted()).toMatchObject({ accepted: 1, charactersSaved: TEXT.length - 3 });
  });

  test('what was accepted in parts is counted once, and the suggestion as accepted', () => {
    const { change, counted, tracker } = setUp();
    change('price');
    change(' * count;');
    tracker.accepted(TEXT.length);
    expect(counted()).toEqual({ accepted: 1, partlyAccepted: 0, charactersSaved: TEXT.length });
  });

  test('closers behind the cursor may be replaced', () => {
    const { change, counted, tracker } = setUp('price);', 'print(');
    change('print(price);', { offset: START, removedLength: 'print()'.length });
    tracker.accepted(7);
    expect(counted()).toMatchObject({ accepted: 1, charactersSaved: 7 });
  });

  test('a command that comes before its change counts the same', () => {
    const { change, counted, tracker } = setUp();
    change('price');
    tracker.accepted(TEXT.length);
    change(' * count;');
    expect(counted()).toEqual({ accepted: 1, partlyAccepted: 0, charactersSaved: TEXT.length });
  });

  test('a command for an item that was not followed counts what the item says', () => {
    const { counted, tracker, show } = setUp();
    show({ present: 'zzz' });
    tracker.accepted(9);
    expect(counted()).toMatchObject({ accepted: 1, charactersSaved: 9 });
  });

  test('line breaks count once, whatever the document uses', () => {
    const { change, counted, tracker } = setUp('{\r\n}');
    change('{\r\n}');
    tracker.accepted(3);
    expect(counted()).toMatchObject({ accepted: 1, charactersSaved: 3 });
  });

  test('undoing and doing again is no second accept', () => {
    const { change, counted, tracker } = setUp();
    change(TEXT);
    tracker.accepted(TEXT.length);
    change('', { offset: CURSOR, removedLength: TEXT.length, isUndoOrRedo: true });
    change(TEXT, { offset: CURSOR, isUndoOrRedo: true });
    expect(counted()).toEqual({ accepted: 1, partlyAccepted: 0, charactersSaved: TEXT.length });
  });

  test('the handler survives an argument that is no number', () => {
    const { counted, tracker, show } = setUp();
    show({ present: 'zzz' });
    const lines: string[] = [];
    acceptanceHandler(tracker, (line) => lines.push(line))('many');
    expect(counted()).toMatchObject({ accepted: 1, charactersSaved: 0 });
    expect(lines).toEqual(['Accepted a suggestion; it saved 0 characters.']);
  });
});
