/**
 * The typist of a replay on a clock that the test moves: when the provider is asked, what is accepted, and figures that are computed by hand.
 */
import { describe, expect, it } from 'vitest';
import type { AcceptPolicy } from '../../../src/cli/replay/acceptance';
import { askInColdFiles, replaySessions } from '../../../src/cli/replay/replayReport';
import { ReplayTally } from '../../../src/cli/replay/replayTally';
import { typeSession, type Answer, type AskProvider } from '../../../src/cli/replay/typist';
import { sessionOf } from '../../../src/cli/replay/typingSession';
import type { Generate } from '../../../src/completion/completeOnce';
import { EngineError } from '../../../src/protocol/engineError';
import { settle } from '../completion/controlledEngine';
import { scriptedEngine } from '../completion/scriptedEngine';
import { FakeTimers } from '../engine/fakeTimers';

const session = (typed: string) => sessionOf({ path: 'src/sum.ts', before: 'let a;\n', typed, after: '\nend();\n' });

/** Moves the clock until the promise settles. */
async function drive<Result>(timers: FakeTimers, promise: Promise<Result>): Promise<Result> {
  const state = { isSettled: false };
  const end = (): void => {
    state.isSettled = true;
  };
  promise.then(end, end);
  for (let turn = 0; !state.isSettled && turn < 10_000; turn += 1) {
    await settle();
    if (timers.nextInMs !== undefined) timers.advance(timers.nextInMs);
  }
  return promise;
}

interface Options {
  readonly pauseMs?: number;
  readonly accept?: AcceptPolicy;
  readonly speed?: number;
}

async function type(text: string, ask: AskProvider, { pauseMs = 200, accept = 'line', speed = 1 }: Options = {}) {
  const timers = new FakeTimers();
  const tally = new ReplayTally();
  await drive(timers, typeSession(session(text), { ask, timers, tally, accept, speed, pauseMs: () => pauseMs }));
  return { figures: tally.figures(), endMs: timers.nowMs() };
}

const item = (text: string, source: 'model' | 'cache' | 'in-flight' = 'model'): Answer => ({
  kind: 'item',
  source,
  suggestion: { text, tailLength: 0, singleLine: true, meanLogProb: -0.1, unfittedText: text },
});
const silent: Answer = { kind: 'silent', reason: 'empty-middle', ranModel: true };

/** Knows what will be typed; the first answer comes from the model, the others from the cache. */
function foresighted(text: string): AskProvider {
  let asked = 0;
  return ({ prefix }) => Promise.resolve(item(text.slice(prefix.length - 'let a;\n'.length), asked++ === 0 ? 'model' : 'cache'));
}

describe('asking', () => {
  it('happens 50 ms after a key, and the next key cancels the call', async () => {
    const times: number[] = [];
    const timers = new FakeTimers();
    const tally = new ReplayTally();
    const signals: AbortSignal[] = [];
    const ask: AskProvider = (_context, signal) => {
      times.push(timers.nowMs());
      signals.push(signal);
      return new Promise(() => undefined);
    };
    await drive(timers, typeSession(session('abcd'), { ask, timers, tally, accept: 'line', speed: 1, pauseMs: () => 200 }));
    // Keys at 200, 400, 600, 800; nothing is left to complete after the last.
    expect(times).toEqual([250, 450, 650]);
    expect(signals.every((signal) => signal.aborted)).toBe(true);
    expect(tally.figures()).toMatchObject({
      calls: { all: 3, superseded: 3, silent: 0 },
      shownRate: 0,
      p50Ms: null,
      exactMatch: null,
      completedCodeRatio: 0,
    });
  });

  it('does not happen when another key comes within 50 ms', async () => {
    const { figures } = await type('abcd', () => Promise.resolve(silent), { pauseMs: 40 });
    expect(figures).toMatchObject({ calls: { all: 0 }, keys: { typed: 4, saved: 0, withoutCall: 3 }, shownRate: null });
  });

  it('happens at the same keys at another speed', async () => {
    const slow = await type('abcdefgh', () => Promise.resolve(silent), { pauseMs: 120 });
    const fast = await type('abcdefgh', () => Promise.resolve(silent), { pauseMs: 120, speed: 4 });
    expect(fast.figures.calls).toEqual(slow.figures.calls);
    expect(fast.endMs).toBe(slow.endMs / 4);
  });

  it('hands on what the engine fails with', async () => {
    const failing: AskProvider = () => Promise.reject(new EngineError('worker-crashed', 'gone'));
    await expect(type('abcd', failing)).rejects.toThrow('gone');
  });
});

describe('accepting', () => {
  it('happens once a right suggestion has stood for 400 ms, and typing goes on after it', async () => {
    const { figures, endMs } = await type('total = 1;', foresighted('total = 1;'));
    // Keys at 200, 400, 600 type "tot"; shown since 250, so the key at 800 takes the other seven.
    expect(endMs).toBe(800);
    expect(figures).toMatchObject({
      keys: { typed: 3, saved: 7, withoutCall: 0 },
      completedCodeRatio: 0.7,
      accepted: { whole: 1, partial: 0 },
      calls: { all: 3, model: 1, cache: 2, 'in-flight': 0, silent: 0, superseded: 0 },
      cacheShare: 2 / 3,
      servedInsideAccepted: 1,
      callsInsideAccepted: 2,
      shownRate: 1,
      // One suggestion, typed along twice.
      suggestions: 1,
      rightShare: 1,
      exactMatch: 1,
      linesWithSuggestion: 1,
    });
  });

  it('counts a call inside of it that the model had to answer', async () => {
    let asked = 0;
    const answers = [item('otal = 1;'), silent, item('al = 1;'), item('l = 1;', 'cache'), item(' = 1;', 'cache')];
    const { figures } = await type('total = 1;', () => Promise.resolve(answers[asked++] ?? silent));
    // Shown again from 650 on: the keys at 800 and 1000 are typed along, the one at 1200 takes the rest.
    expect(figures).toMatchObject({ callsInsideAccepted: 4, servedInsideAccepted: 0.5, completedCodeRatio: 0.5, suggestions: 2 });
  });

  it('takes the right lines of a block that goes wrong, unless only whole suggestions count', async () => {
    const text = 'first();\nsecond();';
    const ask: AskProvider = ({ prefix }) =>
      Promise.resolve(prefix.includes('\nfirst') ? silent : item('first();\nwrong();'.slice(prefix.length - 'let a;\n'.length)));
    const byLine = await type(text, ask);
    expect(byLine.figures).toMatchObject({ accepted: { whole: 0, partial: 1 }, keys: { saved: 5 }, rightShare: 0, exactMatch: 1 });
    const whole = await type(text, ask, { accept: 'whole' });
    expect(whole.figures).toMatchObject({ accepted: { whole: 0, partial: 0 }, completedCodeRatio: 0 });
  });

  it('never happens to a wrong suggestion, which counts as shown', async () => {
    const { figures } = await type('abcdefgh', () => Promise.resolve(item('wrong')));
    expect(figures).toMatchObject({ shownRate: 1, exactMatch: 0, rightShare: 0, completedCodeRatio: 0, suggestions: 7 });
  });
});

describe('times', () => {
  it('of the first answer in a file are reported apart from those that follow', async () => {
    const timers = new FakeTimers();
    const tally = new ReplayTally();
    const delaysMs = [100, 20, 30, 40];
    const ask: AskProvider = () => new Promise((resolve) => timers.after(delaysMs.shift() ?? 10, () => resolve(item('wrong'))));
    await drive(timers, typeSession(session('abcde'), { ask, timers, tally, accept: 'line', speed: 1, pauseMs: () => 200 }));
    expect(tally.figures()).toMatchObject({ firstAnswerP50Ms: 100, firstAnswerFiles: 1, p50Ms: 30, p95Ms: 40, p99Ms: 40, latencyCalls: 3 });
  });

  it('run on from the first call when that was superseded', async () => {
    const timers = new FakeTimers();
    const tally = new ReplayTally();
    const delaysMs = [500, 30];
    const ask: AskProvider = () => new Promise((resolve) => timers.after(delaysMs.shift() ?? 10, () => resolve(silent)));
    await drive(timers, typeSession(session('abcde'), { ask, timers, tally, accept: 'line', speed: 1, pauseMs: () => 200 }));
    // Called at 250 in vain and again at 450, answered at 480.
    expect(tally.figures()).toMatchObject({ firstAnswerP50Ms: 230, calls: { superseded: 1 }, silent: { 'empty-middle': 3 } });
  });
});

describe('a whole replay', () => {
  it('goes through the completion session and counts what the engine did', async () => {
    const timers = new FakeTimers();
    const engine = scriptedEngine(['otal = price * count;']);
    const lane = { mode: 'exact', model: { contextLength: 2048, promptForm: 'infilling' }, generate: engine.generate } as const;
    const typing = { seed: 0, speed: 1, accept: 'line' } as const;
    const [figures] = await drive(
      timers,
      replaySessions([session('total = price * count;')], [lane], { timers, typing, onSession: () => undefined }),
    );
    expect(engine.requests).toHaveLength(1);
    expect(figures).toMatchObject({
      mode: 'exact',
      calls: { model: 1, silent: 0 },
      accepted: { whole: 1, partial: 0 },
      servedInsideAccepted: 1,
      requests: { finished: 1, cancelled: 0 },
      // See scriptedEngine: 100 tokens of prompt, 90 of them reused.
      tokens: { reused: 90, recomputed: 10 },
    });
    expect(figures?.completedCodeRatio).toBeGreaterThan(0.7);
  });

  it('asks once in every file that the worker has not seen, and waits', async () => {
    const timers = new FakeTimers();
    const engine = scriptedEngine(['let b;', 'let c;']);
    const generate: Generate = (...request) =>
      new Promise((resolve) => timers.after(engine.requests.length === 0 ? 300 : 700, () => resolve(engine.generate(...request))));
    const lane = { mode: 'exact', model: { contextLength: 2048, promptForm: 'infilling' }, generate } as const;
    const other = sessionOf({ path: 'src/b.ts', before: 'let x;\n', typed: 'let y;', after: '\n' });
    const cold = await drive(timers, askInColdFiles([session('let b;'), other], [lane], timers));
    expect(cold).toEqual([{ coldP50Ms: 300, coldP95Ms: 700, coldCalls: 2, coldPromptTokens: 10 }]);
  });
});
