/**
 * Makes the typing sessions that `bamboo replay` types by default out of this repository's own sources, as they are now.
 * The texts are kept, so that later changes of the sources change no figure; make them anew only to replace all figures.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sessionOfText } from '../../src/cli/replay/sessionOfText';

/** Mostly TypeScript, as the users of the bundled model write; some of the other languages of the repository. */
const SOURCES = [
  { folder: 'src', ending: '.ts', sessions: 20 },
  { folder: 'test/unit', ending: '.test.ts', sessions: 4 },
  { folder: 'scripts', ending: '.mjs', sessions: 4 },
  { folder: 'training', ending: '.py', sessions: 4 },
  { folder: 'native', ending: '.cc', sessions: 4 },
] as const;

function sessionsOf(root: string, { folder, ending, sessions }: (typeof SOURCES)[number]): string[] {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .sort();
  const found = files.flatMap((file) => sessionOfText(file, readFileSync(path.join(root, file), 'utf8')) ?? []);
  const chosen = Array.from({ length: sessions }, (_, index) => found[Math.floor(((index + 0.5) * found.length) / sessions)]);
  return chosen.map((session) => JSON.stringify(session));
}

const root = process.argv[2] ?? '.';
const lines = SOURCES.flatMap((source) => sessionsOf(root, source));
writeFileSync(path.join(root, 'bench/completion/sessions/bamboo.jsonl'), `${lines.join('\n')}\n`);
console.log(`${lines.length} sessions`);
