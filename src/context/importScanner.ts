/**
 * The imports of a file, as written: which module and which names. Line patterns, no parser; where the module is, importPaths finds out.
 */
import { extensionOf } from './fileRef';

export interface ImportedModule {
  /** As in the source: "./a", "pkg.module", "crate::a", "a/b.h". */
  readonly module: string;
  /** Names that the file uses it by; empty when it takes the whole module. */
  readonly names: readonly string[];
}

export type ImportLanguage = 'script' | 'python' | 'go' | 'rust' | 'java' | 'c';

export const MAX_IMPORTS = 64;

const LANGUAGES: ReadonlyMap<string, ImportLanguage> = new Map(
  (
    [
      ['script', 'ts tsx mts cts js jsx mjs cjs vue svelte'],
      ['python', 'py pyi'],
      ['go', 'go'],
      ['rust', 'rs'],
      ['java', 'java kt'],
      ['c', 'c h cc cpp cxx hh hpp hxx cu cuh m'],
    ] as const
  ).flatMap(([language, extensions]) => extensions.split(' ').map((extension) => [extension, language] as const)),
);

/** Of files whose imports can be read. */
export const IMPORT_EXTENSIONS: ReadonlySet<string> = new Set(LANGUAGES.keys());

export function importLanguageOf(path: string): ImportLanguage | undefined {
  return LANGUAGES.get(extensionOf(path));
}

/** `text`: the part of the file where imports stand. In order, each module once, with all its names. */
export function importsOf(text: string, language: ImportLanguage): ImportedModule[] {
  const namesByModule = new Map<string, string[]>();
  for (const { module, names } of SCANNERS[language](text)) {
    const known = namesByModule.get(module);
    if (known) known.push(...names);
    else if (namesByModule.size < MAX_IMPORTS) namesByModule.set(module, [...names]);
  }
  return [...namesByModule].map(([module, names]) => ({ module, names: [...new Set(names)] }));
}

type Scanner = (text: string) => Iterable<ImportedModule>;

const SCANNERS: Readonly<Record<ImportLanguage, Scanner>> = {
  script: scriptImports,
  python: pythonImports,
  go: goImports,
  rust: rustImports,
  java: javaImports,
  c: includes,
};

/** Up to the quote of the module's name; what may come before it excludes quotes, so that a match takes one pass. */
const SCRIPT_IMPORT = /^[ \t]*(?:import|export)\b([^'"`;=()]{0,2000})['"]([^'"\n]+)['"]/gm;
const REQUIRED = /^[ \t]*(?:const|let|var)\b([^'"`;=()]{1,1000})=[ \t]*(?:await import|require)\(['"]([^'"\n]+)['"]/gm;

function* scriptImports(text: string): Iterable<ImportedModule> {
  for (const [, clause = '', module = ''] of text.matchAll(SCRIPT_IMPORT)) {
    const names = clause.trim();
    if (names.endsWith('from')) yield { module, names: importedNames(names.slice(0, -'from'.length)) };
  }
  for (const [, clause = '', module = ''] of text.matchAll(REQUIRED)) yield { module, names: importedNames(clause) };
}

/** "a, { type b, c as d }" -> a, b, c: the names that the other file has. */
function importedNames(clause: string): string[] {
  if (clause.includes('*')) return [];
  const words = clause
    .trim()
    .replace(/^type\b(?=\s*[{\w$])/, '')
    .replace(/[{}]/g, ',')
    .split(',');
  return words
    .map(
      (word) =>
        word
          .trim()
          .replace(/^type\s+/, '')
          .split(/\s+as\s+|:/)[0]
          ?.trim() ?? '',
    )
    .filter((word) => word !== '');
}

const PYTHON_FROM = /^[ \t]*from\s+([.\w]+)\s+import\s+(?:\(([^)]*)\)|([^\n#]+))/gm;
const PYTHON_IMPORT = /^[ \t]*import\s+([\w., \t]+)/gm;

function* pythonImports(text: string): Iterable<ImportedModule> {
  for (const [, module = '', bracketed, bare] of text.matchAll(PYTHON_FROM)) {
    const list = (bracketed ?? bare ?? '').replace(/#.*$/gm, '');
    const names = list.split(',').map((name) => name.trim().split(/\s+as\s+/)[0] ?? '');
    yield { module, names: names.filter((name) => /^\w+$/.test(name)) };
  }
  for (const [, list = ''] of text.matchAll(PYTHON_IMPORT)) {
    for (const name of list.split(',')) yield { module: name.trim().split(/\s+as\s+/)[0] ?? '', names: [] };
  }
}

function* goImports(text: string): Iterable<ImportedModule> {
  for (const [, bracketed, single] of text.matchAll(/^import\s+(?:\(([^)]*)\)|(?:[\w.]+\s+)?"([^"\n]+)")/gm)) {
    if (single !== undefined) yield { module: single, names: [] };
    for (const [, module = ''] of (bracketed ?? '').matchAll(/"([^"\n]+)"/g)) yield { module, names: [] };
  }
}

function* rustImports(text: string): Iterable<ImportedModule> {
  for (const [, name = ''] of text.matchAll(/^[ \t]*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*;/gm))
    yield { module: `self::${name}`, names: [] };
  for (const [, path = '', list, last] of text.matchAll(/^[ \t]*(?:pub(?:\([^)]*\))?\s+)?use\s+((?:\w+::)+)(?:\{([^}]*)\}|(\w+|\*))/gm)) {
    const names = list === undefined ? [last ?? ''] : list.split(',').map((name) => name.trim().split(/::|\s+as\s+/)[0] ?? '');
    yield { module: path.slice(0, -2), names: names.filter((name) => /^\w+$/.test(name)) };
  }
}

function* javaImports(text: string): Iterable<ImportedModule> {
  for (const [, module = ''] of text.matchAll(/^import\s+(?:static\s+)?([\w.]+\w)/gm)) {
    yield { module, names: [module.slice(module.lastIndexOf('.') + 1)] };
  }
}

function* includes(text: string): Iterable<ImportedModule> {
  for (const [, module = ''] of text.matchAll(/^[ \t]*#\s*include\s+"([^"\n]+)"/gm)) yield { module, names: [] };
}
