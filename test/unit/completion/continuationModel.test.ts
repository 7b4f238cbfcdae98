/**
 * A whole completion with a model that only continues text: what it is asked, and what becomes of its answer.
 */
import { describe, expect, test } from 'vitest';
import { completeOnce, type CompletionOutcome } from '../../../src/completion/completeOnce';
import { documentContextFromText } from '../../../src/completion/documentContext';
import { promptText, scriptedEngine, type ScriptedEngine } from './scriptedEngine';

async function complete(before: string, after: string, engine: ScriptedEngine): Promise<CompletionOutcome> {
  return completeOnce({
    context: documentContextFromText(before + after, before.length, 'src/cart.ts', 'typescript'),
    options: { maxTokens: 64, multiline: 'auto', contextLength: 2048, promptForm: 'continuation' },
    generate: engine.generate,
    signal: new AbortController().signal,
  });
}

describe('a model without infilling tokens', () => {
  test('is asked to continue the text before the cursor and never sees what follows', async () => {
    const engine = scriptedEngine(['price * count;']);
    const outcome = await complete('const total = ', '\nshow(total);\n', engine);
    expect(promptText(engine.requests[0]?.prompt ?? [])).toBe('// src/cart.ts\nconst total = ');
    expect(engine.requests[0]?.stop).toEqual({ strings: ['\n', '\nshow(total);'], tokens: [] });
    expect(outcome).toMatchObject({ kind: 'suggestion', suggestion: { text: 'price * count;', tailLength: 0 } });
  });

  test('stops where the rest of the line begins', async () => {
    const engine = scriptedEngine(['price']);
    await complete('const total = ', ' * count;\nshow(total);\n', engine);
    expect(engine.requests[0]?.stop.strings).toContain(' * count;\n');
  });

  test('may write the closer that the editor put there: it is not doubled', async () => {
    const outcome = await complete('show(', ');\n', scriptedEngine(['total);⏎']));
    expect(outcome).toMatchObject({ kind: 'suggestion', suggestion: { text: 'total', tailLength: 0 } });
  });
});
