/**
 * Golden cases of the whole cleaning of a suggestion: what the model wrote, and the document after the suggestion was accepted, or why there is none.
 * "¦" is the cursor. UPDATE_GOLDEN=1 writes what comes out into the files.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { completeOnce } from '../../../src/completion/completeOnce';
import { documentContextFromText } from '../../../src/completion/documentContext';
import { scriptedEngine } from './scriptedEngine';

interface GoldenCase {
  case: string;
  language: string;
  document: string[];
  generated: string[];
  multiline?: 'auto' | 'never';
  logProb?: number;
  logProbs?: number[];
  accepted?: string[];
  silent?: string;
}

const FOLDER = path.join(__dirname, '..', '..', 'golden', 'completion');

async function outcomeOf(golden: GoldenCase): Promise<{ accepted: string[] } | { silent: string }> {
  const marked = golden.document.join('\n');
  const offset = marked.indexOf('¦');
  const text = marked.replace('¦', '');
  const engine = scriptedEngine(golden.generated, golden.logProbs ?? (golden.logProb === undefined ? [] : [golden.logProb]));
  const outcome = await completeOnce({
    context: documentContextFromText(text, offset, 'src/sample', golden.language),
    options: { maxTokens: 256, multiline: golden.multiline ?? 'auto', contextLength: 2048, promptForm: 'infilling' },
    generate: engine.generate,
    signal: new AbortController().signal,
  });
  if (outcome.kind === 'none') return { silent: outcome.reason };
  const { text: inserted, tailLength } = outcome.suggestion;
  return { accepted: `${text.slice(0, offset)}${inserted}¦${text.slice(offset + tailLength)}`.split('\n') };
}

for (const file of readdirSync(FOLDER)) {
  const filePath = path.join(FOLDER, file);
  const cases = JSON.parse(readFileSync(filePath, 'utf8')) as GoldenCase[];
  describe(path.basename(file, '.json'), () => {
    if (process.env.UPDATE_GOLDEN === '1') {
      test('golden files are written', async () => {
        const updated = await Promise.all(
          cases.map(async (golden) => {
            const { accepted: _accepted, silent: _silent, ...given } = golden;
            return { ...given, ...(await outcomeOf(golden)) };
          }),
        );
        writeFileSync(filePath, `${JSON.stringify(updated, null, 2)}\n`);
        expect(updated).toHaveLength(cases.length);
      });
      return;
    }
    test.each(cases)('$case', async (golden) => {
      const expected = golden.accepted ? { accepted: golden.accepted } : { silent: golden.silent };
      expect(await outcomeOf(golden)).toEqual(expected);
    });
  });
}
