/**
 * When context is collected, and that the prompt keeps its bytes while the user types.
 */
import { describe, expect, test } from 'vitest';
import { CompletionSession } from '../../../src/completion/completionSession';
import { documentContextFromText } from '../../../src/completion/documentContext';
import type { PassOptions } from '../../../src/context/contextCollection';
import { ContextRefresher } from '../../../src/context/contextRefresher';
import { SnippetSets } from '../../../src/context/snippetSets';
import type { ContextTarget } from '../../../src/context/snippetCandidate';
import { MetricsStore } from '../../../src/metrics/metricsStore';
import { manualClock, settle } from '../completion/controlledEngine';
import { promptText, scriptedEngine } from '../completion/scriptedEngine';
import { at } from './fakeProject';

const TARGET: ContextTarget = { documentKey: 'src/a.ts', file: at('src/a.ts'), head: '', nearby: '' };

function setUp(outOfTime = false) {
  const clock = manualClock();
  const passes: PassOptions[] = [];
  const changed: string[] = [];
  let finish: (() => void) | undefined;
  const refresher = new ContextRefresher({
    collect: (_, options) => {
      passes.push(options);
      return new Promise((resolve) => {
        finish = () => resolve({ changed: options.mayPublish() && !options.signal.aborted, outOfTime });
      });
    },
    target: () => TARGET,
    schedule: clock.schedule,
    onChanged: (key) => changed.push(key),
  });
  const finishPass = async (): Promise<void> => {
    finish?.();
    await settle();
  };
  return { clock, passes, changed, refresher, finishPass };
}

describe('context is collected', () => {
  test('soon after a document becomes the active one, once for several in a row', async () => {
    const { clock, passes, changed, refresher, finishPass } = setUp();
    for (let tab = 0; tab < 5; tab += 1) {
      refresher.switched();
      clock.advance(50);
    }
    expect(passes).toHaveLength(0);
    clock.advance(150);
    expect(passes).toHaveLength(1);
    await finishPass();
    expect(changed).toEqual(['src/a.ts']);
  });

  test('anew when the rules change: the pass that runs is called off at once', () => {
    const { clock, passes, refresher } = setUp();
    refresher.switched();
    clock.advance(200);
    refresher.startOver();
    expect(passes.map(({ signal }) => signal.aborted)).toEqual([true]);
    clock.advance(200);
    expect(passes.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  });

  test('not while keys follow one another, but in the pause after them', () => {
    const { clock, passes, refresher } = setUp();
    for (let key = 0; key < 100; key += 1) {
      refresher.edited();
      refresher.cursorMoved();
      clock.advance(100);
    }
    expect(passes).toHaveLength(0);
    clock.advance(2000);
    expect(passes).toHaveLength(1);
    clock.advance(60_000);
    expect(passes).toHaveLength(1);
  });

  test('after saving, and a document that was just opened is not put off by the cursor', () => {
    const { clock, passes, refresher } = setUp();
    refresher.saved();
    clock.advance(200);
    expect(passes).toHaveLength(1);
    refresher.switched();
    refresher.cursorMoved();
    clock.advance(200);
    expect(passes).toHaveLength(2);
  });

  test('and not published when a key was pressed meanwhile; a newer pass calls off the older', async () => {
    const { clock, passes, changed, refresher, finishPass } = setUp();
    refresher.switched();
    clock.advance(200);
    refresher.edited();
    await finishPass();
    expect(changed).toEqual([]);
    clock.advance(2000);
    expect(passes).toHaveLength(2);
    expect(passes[0]?.signal.aborted).toBe(true);
    await finishPass();
    expect(changed).toEqual(['src/a.ts']);
  });

  test('further where the time of a pass was used up, but not without end', async () => {
    const { clock, passes, refresher, finishPass } = setUp(true);
    refresher.switched();
    for (let pass = 0; pass < 20; pass += 1) {
      clock.advance(200);
      await finishPass();
    }
    expect(passes).toHaveLength(5);
  });

  test('not at all where there is no target, nor after the end', () => {
    const none = setUp();
    const off = new ContextRefresher({
      collect: () => Promise.reject(new Error('must not be asked')),
      target: () => undefined,
      schedule: none.clock.schedule,
      onChanged: () => undefined,
    });
    off.switched();
    none.clock.advance(5000);
    none.refresher.switched();
    none.refresher.dispose();
    none.clock.advance(5000);
    expect(none.passes).toHaveLength(0);
  });
});

describe('the prompt', () => {
  test('begins with the same bytes over fifty keystrokes, snippets in front', async () => {
    const sets = new SnippetSets();
    sets.publish('src/a.ts', [{ path: 'src/price.ts', text: 'export function price(): number;' }]);
    const engine = scriptedEngine([]);
    const clock = manualClock();
    const session = new CompletionSession({
      generate: engine.generate,
      metrics: new MetricsStore(),
      now: clock.now,
      schedule: clock.schedule,
      snippetsFor: (key) => sets.snippetsFor(key),
    });
    const options = { maxTokens: 64, multiline: 'auto', contextLength: 2048, promptForm: 'infilling' } as const;
    const before = "import { price } from './price';\n".repeat(20);
    const typed = 'const total = price(cart) + tax(cart, country); //';
    expect(typed).toHaveLength(50);
    for (let length = 0; length <= typed.length; length += 1) {
      const text = before + typed.slice(0, length);
      const context = documentContextFromText(`${text}\n\nexport {};\n`, text.length, 'src/a.ts', 'typescript');
      await session.suggest(context, options, new AbortController().signal);
    }
    const prompts = engine.requests.map(({ prompt }) => promptText(prompt.slice(0, -1)));
    expect(prompts).toHaveLength(51);
    expect(prompts[0]).toMatch(
      /^<\|file_sep\|>src\/price\.ts\nexport function price\(\): number;\n<\|file_sep\|>src\/a\.ts\n<\|fim_suffix\|>/,
    );
    for (const [index, prompt] of prompts.entries()) expect(prompt.startsWith(prompts[index - 1] ?? '')).toBe(true);
  });
});
