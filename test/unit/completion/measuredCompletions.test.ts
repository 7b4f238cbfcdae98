import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ask, setUp, type SetUp } from './providerUnderTest';

vi.mock('vscode', () => import('../vscode/fakeVscode'));

let subject: SetUp;
beforeEach(() => {
  subject = setUp();
});

describe('what is measured', () => {
  test('the latency is the whole from the call to the item, and only of calls that ran the model', async () => {
    const first = ask(subject, 'const total = ¦\n');
    subject.clock.advance(30);
    subject.requests[0]?.finish('price;');
    await first.items;
    expect(subject.metrics.latency()).toMatchObject({ samples: 1, p50Ms: 30 });
    await ask(subject, 'const total = pr¦\n').items;
    expect(subject.metrics.latency().samples).toBe(1);
    expect(subject.metrics.usefulness()).toMatchObject({ shown: 2, shownFromCache: 1 });
  });

  test('a keystroke that joined a running request is no sample: it did not wait for the whole of it', async () => {
    const first = ask(subject, 'const total = ¦\n');
    first.cancel();
    const second = ask(subject, 'const total = p¦\n');
    subject.requests[0]?.finish('price;');
    expect(await second.items).toHaveLength(1);
    expect(subject.metrics.latency().samples).toBe(0);
    expect(subject.metrics.snapshot().prefillMsP50).toBe(5);
  });

  test('a run without a suggestion is no latency, but its reason is counted', async () => {
    const asked = ask(subject, 'go();¦\n');
    subject.requests[0]?.finish('');
    await asked.items;
    expect(subject.metrics.latency().samples).toBe(0);
    expect(subject.metrics.snapshot().prefillMsP50).toBe(5);
    expect(subject.metrics.usefulness().silences).toEqual([{ reason: 'empty-middle', count: 1 }]);
  });

  test('what was returned is followed as the document will hold it', async () => {
    const marked = 'go();\r\n  if (a) ¦\r\n';
    const asked = ask(subject, marked);
    subject.requests[0]?.finish('b();');
    await asked.items;
    const startOffset = 'go();\r\n'.length;
    expect(subject.followed).toEqual([
      { documentKey: 'file:///project/src/a.ts', startOffset, present: '  if (a) ', text: '  if (a) b();', suggestedFrom: 9 },
    ]);
  });

  test('an entry of the suggest widget is not counted as the model’s own text', async () => {
    const asked = ask(subject, 'console.l¦\n', { selected: { text: 'log', from: 8, to: 9 } });
    subject.requests[0]?.finish('(price);');
    await asked.items;
    expect(subject.followed).toMatchObject([{ startOffset: 8, present: 'l', text: 'log(price);', suggestedFrom: 3 }]);
  });
});
