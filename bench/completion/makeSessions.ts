/**
 * Makes the typing sessions that `bamboo replay` types by default out of this repository's own sources, as they are now.
 * The texts are kept, so that later changes of the sources change no figure; make them anew only to replace all figures.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { evenlySpread } from '../../src/cli/replay/readSessions';
import { sessionOfText } from '../../src/cli/replay/sessionOfText';

/** Mostly TypeScript, as the users of the bundled model write, with files that fill the prompt; some of the other languages of the repository. */
const SOURCES = [
  { folder: 'src', ending: '.ts', lines: [30, 199], sessions: 14 },
  { folder: 'src', ending: '.ts', lines: [200, Infinity], sessions: 6 },
  { folder: 'test/unit', ending: '.test.ts', lines: [30, Infinity], sessions: 4 },
  { folder: 'scripts', ending: '.mjs', lines: [30, Infinity], sessions: 4 },
  { folder: 'training', ending: '.py', lines: [30, Infinity], sessions: 4 },
  { folder: 'native', ending: '.cc', lines: [30, Infinity], sessions: 4 },
] as const;

function sessionsOf(root: string, { folder, ending, lines: [fewest, most], sessions }: (typeof SOURCES)[number]): string[] {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .sort();
  const found = files.flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    const lines = text.split('\n').length;
    return lines < fewest || lines > most ? [] : (sessionOfText(file, text) ?? []);
  });
  return evenlySpread(found, sessions).map((session) => JSON.stringify(session));
}

const root = process.argv[2] ?? '.';
const lines = SOURCES.flatMap((source) => sessionsOf(root, source));
writeFileSync(path.join(root, 'bench/completion/sessions/bamboo.jsonl'), `${lines.join('\n')}\n`);
console.log(`${lines.length} sessions`);
