/**
 * The prompts of the speculation benchmark: places in this repository's sources, and code that repeats a pattern.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fimPrompt } from '../../src/prompt/fimTemplate';
import type { PromptPart } from '../../src/protocol/engineProtocol';

export interface Place {
  readonly kind: 'infill, sources' | 'continue, sources' | 'continue, repetitive';
  readonly prompt: readonly PromptPart[];
}

const PREFIX_CHARACTERS = 2000;
const SUFFIX_CHARACTERS = 800;
const PLACES_OF_A_KIND = 10;

const NAMES = ['red', 'green', 'blue', 'yellow', 'purple', 'orange', 'black', 'white'];

/** Begun lists that a person would go on with by copying a line; half of the names are left to the model. */
const PATTERNS: readonly { readonly path: string; readonly head: string; readonly line: (name: string, index: number) => string }[] = [
  {
    path: 'src/colors.ts',
    head: 'export function colorName(color: Color): string {\n  switch (color) {\n',
    line: (name) => `    case Color.${name}:\n      return '${name}';\n`,
  },
  {
    path: 'src/schema.ts',
    head: 'export const settings = object({\n',
    line: (name, i) => `  ${name}: pipe(number(), integer(), minValue(0), maxValue(${i + 1}00)),\n`,
  },
  {
    path: 'test/parse.test.ts',
    head: "describe('parse', () => {\n",
    line: (name, i) => `  it('reads ${name}', () => {\n    expect(parse('${name}')).toEqual({ kind: 'color', value: ${i} });\n  });\n\n`,
  },
  {
    path: 'lib/palette.py',
    head: 'class Palette:\n    def __init__(self, values):\n',
    line: (name) => `        self.${name} = values.get("${name}", DEFAULT_COLOR)\n`,
  },
  {
    path: 'src/register.cc',
    head: 'void register_colors(Registry& registry) {\n',
    line: (name) => `  registry.add("${name}", [](const Request& request) { return paint_${name}(request); });\n`,
  },
  {
    path: 'db/seed.sql',
    head: '',
    line: (name, i) => `INSERT INTO colors (id, name, created_at) VALUES (${i}, '${name}', now());\n`,
  },
];

function filePrompt(file: string, text: string): PromptPart[] {
  return [
    { kind: 'special', token: '<|file_sep|>' },
    { kind: 'text', text: `${file}\n${text}` },
  ];
}

function repetitivePlaces(): Place[] {
  return PATTERNS.map(({ path: file, head, line }) => ({
    kind: 'continue, repetitive',
    prompt: filePrompt(file, head + NAMES.slice(0, 5).map(line).join('')),
  }));
}

/** Evenly spread over the lines of code that have enough left to write. */
function sourcePlaces(root: string): Place[] {
  const files = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort();
  const all = files.flatMap((name) => {
    const file = path.join('src', name);
    const text = readFileSync(path.join(root, file), 'utf8');
    const lines = [...text.matchAll(/^[ \t]*(?=[A-Za-z][^\n]{24,}$)/gm)].filter(({ index }) => index > PREFIX_CHARACTERS / 2);
    return lines.map((match) => ({ file, text, offset: match.index + match[0].length }));
  });
  const step = Math.floor(all.length / PLACES_OF_A_KIND);
  const chosen = all.filter((_, index) => index % step === step >> 1).slice(0, PLACES_OF_A_KIND);
  return chosen.flatMap(({ file, text, offset }): Place[] => {
    const prefix = text.slice(Math.max(0, offset - PREFIX_CHARACTERS), offset);
    const after = text.indexOf('\n', offset);
    const suffix = text.slice(after, after + SUFFIX_CHARACTERS);
    return [
      { kind: 'infill, sources', prompt: fimPrompt({ path: file, prefix, suffix }) },
      { kind: 'continue, sources', prompt: filePrompt(file, prefix) },
    ];
  });
}

export function speculationPlaces(root: string): Place[] {
  return [...sourcePlaces(root), ...repetitivePlaces()];
}
