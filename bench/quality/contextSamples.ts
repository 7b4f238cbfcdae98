/**
 * Makes samples for bench/quality/context.mjs from a folder of sources: the rest of a line is missing, and the snippets are those
 * that the extension would have in front of the prompt there. The same folder, seed and count give the same samples.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FolderContext } from '../../src/cli/folderContext';
import { languageIdOf } from '../../src/cli/languageId';
import { documentContextFromText } from '../../src/completion/documentContext';
import { planPrompt, promptOf } from '../../src/completion/promptPlan';
import { identifiersOf } from '../../src/context/identifiers';
import { IMPORT_EXTENSIONS } from '../../src/context/importScanner';
import type { PromptSnippet } from '../../src/prompt/promptSnippet';

interface Sample {
  readonly path: string;
  readonly line: number;
  readonly prefix: string;
  readonly suffix: string;
  readonly middle: string;
  readonly snippets: readonly PromptSnippet[];
  /** An identifier of the middle stands in a snippet and nowhere in the prompt's own text. */
  readonly needsContext: boolean;
}

const OPTIONS = { maxTokens: 64, contextLength: 2048, promptForm: 'infilling' } as const;
const FILE_CHARS = { min: 600, max: 60_000 };
const LINE_CHARS = { min: 12, max: 160 };
const TRIES_A_SAMPLE = 40;

/** A small generator of Park and Miller: the same numbers everywhere. */
function randomFrom(seed: number): (below: number) => number {
  let state = (seed % 2147483646) + 1;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

async function sourceFiles(root: string, context: FolderContext): Promise<string[]> {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
  const found: string[] = [];
  for (const name of names.sort()) {
    if (/(^|\/)(node_modules|\.git)\//.test(name) || !IMPORT_EXTENSIONS.has(path.extname(name).slice(1))) continue;
    const { size } = statSync(path.join(root, name));
    if (size >= FILE_CHARS.min && size <= FILE_CHARS.max && !(await context.isExcluded(name))) found.push(name);
  }
  return found;
}

/** Undefined for a line that says too little, or where no other file has anything to say. */
async function sampleAt(root: string, file: string, pick: (below: number) => number, context: FolderContext): Promise<Sample | undefined> {
  const text = readFileSync(path.join(root, file), 'utf8').replaceAll('\r\n', '\n');
  const lines = text.split('\n');
  const number = pick(lines.length);
  const line = lines[number] ?? '';
  const code = line.trim();
  if (code.length < LINE_CHARS.min || line.length > LINE_CHARS.max) return undefined;
  if (/^(\/\/|#|\*|\/\*|"""|import\b|export \*|from\b|use\b|package\b)/.test(code)) return undefined;
  const indent = line.length - line.trimStart().length;
  const cut = indent + pick(Math.max(1, code.length - 3));
  const middle = line.slice(cut);
  const before = [...lines.slice(0, number), line.slice(0, cut)].join('\n');
  const after = ['', ...lines.slice(number + 1)].join('\n');
  const snippets = await context.snippetsAt(file, before, after);
  if (snippets.length === 0) return undefined;
  const plan = planPrompt(documentContextFromText(before + after, before.length, file, languageIdOf(file)), OPTIONS, snippets);
  const [prefix, suffix] = (['start', 'end'] as const).map(
    (trim) => promptOf(plan).flatMap((part) => (part.kind === 'text' && part.trim === trim ? [part.text] : []))[0] ?? '',
  );
  const own = identifiersOf(`${prefix ?? ''}\n${suffix ?? ''}`);
  const others = identifiersOf(plan.snippets.map((snippet) => snippet.text).join('\n'));
  const needsContext = [...identifiersOf(middle)].some((word) => others.has(word) && !own.has(word));
  return { path: file, line: number + 1, prefix: prefix ?? '', suffix: suffix ?? '', middle, snippets: plan.snippets, needsContext };
}

async function main([root = '.', output = '', count = '0', seed = '1']: readonly string[]): Promise<void> {
  // No clock: a pass that the machine's load cuts short would make other samples.
  const context = new FolderContext(root, () => 0);
  const files = await sourceFiles(root, context);
  if (files.length === 0) throw new Error(`${root} has no source files between ${FILE_CHARS.min} and ${FILE_CHARS.max} bytes.`);
  const pick = randomFrom(Number(seed));
  const samples: Sample[] = [];
  const seen = new Set<string>();
  for (let tries = 0; samples.length < Number(count) && tries < Number(count) * TRIES_A_SAMPLE; tries += 1) {
    const sample = await sampleAt(root, files[pick(files.length)] ?? '', pick, context);
    const key = sample && `${sample.path}:${sample.line}`;
    if (!sample || key === undefined || seen.has(key)) continue;
    seen.add(key);
    samples.push(sample);
  }
  writeFileSync(output, samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
