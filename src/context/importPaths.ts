/**
 * Where an imported module may lie in the workspace: candidate paths in the order in which they are worth a look.
 * Knows the languages' habits, not their configuration files: path aliases, build tags and include paths are not read.
 */
import { extensionOf, folderOf, resolvePath } from './fileRef';
import type { ImportLanguage } from './importScanner';

/** Paths relative to the workspace folder; one that ends in "/" stands for the source files of a folder. */
export function importPaths(module: string, fromPath: string, language: ImportLanguage): string[] {
  const candidates = RESOLVERS[language](module, fromPath);
  return [...new Set(candidates)].filter((path) => path !== '' && path !== '/' && path !== fromPath);
}

type Resolver = (module: string, fromPath: string) => string[];

const RESOLVERS: Readonly<Record<ImportLanguage, Resolver>> = {
  script: scriptPaths,
  python: pythonPaths,
  go: goPaths,
  rust: rustPaths,
  java: javaPaths,
  c: includePaths,
};

const SCRIPT_ENDINGS = ['.ts', '.tsx', '.mts', '.d.ts', '.js', '.jsx', '.mjs', '.cjs'];
/** What a specifier in compiled terms is in source terms: TypeScript imports "./a.js" and means "./a.ts". */
const SOURCE_ENDINGS: Readonly<Record<string, readonly string[]>> = {
  js: ['.ts', '.tsx', '.js'],
  mjs: ['.mts', '.mjs'],
  jsx: ['.tsx', '.jsx'],
};

function scriptPaths(module: string, fromPath: string): string[] {
  // "@/x" and "~/x" mean the source folder in most projects that have them.
  const alias = /^[@~]\/(.+)/.exec(module)?.[1];
  const bases = alias === undefined ? [relativeBase(module, fromPath)] : [`src/${alias}`, alias];
  return bases.flatMap((base) => (base === undefined ? [] : scriptFiles(base)));
}

function relativeBase(module: string, fromPath: string): string | undefined {
  return module.startsWith('.') ? resolvePath(folderOf(fromPath), module) : undefined;
}

function scriptFiles(base: string): string[] {
  const extension = extensionOf(base);
  const sources = SOURCE_ENDINGS[extension];
  if (sources) return sources.map((ending) => base.slice(0, -extension.length - 1) + ending);
  const exact = SCRIPT_ENDINGS.includes(`.${extension}`) ? [base] : [];
  const index = (ending: string): string => `${base === '' ? '' : `${base}/`}index${ending}`;
  return [...exact, ...SCRIPT_ENDINGS.map((ending) => base + ending), ...['.ts', '.tsx', '.js'].map(index)];
}

function pythonPaths(module: string, fromPath: string): string[] {
  const [, dots = '', rest = ''] = /^(\.*)(.*)$/.exec(module) ?? [];
  const inner = rest.replaceAll('.', '/');
  if (dots !== '') {
    const up = '../'.repeat(dots.length - 1);
    const base = resolvePath(folderOf(fromPath), up + inner);
    return base === undefined ? [] : pythonFiles(base);
  }
  // Absolute: from the workspace folder, a "src" folder, or the package's own parent folders.
  const parents = ancestors(folderOf(fromPath));
  return ['', 'src', ...parents].flatMap((parent) => pythonFiles(parent === '' ? inner : `${parent}/${inner}`));
}

function pythonFiles(base: string): string[] {
  return base === '' ? ['__init__.py'] : [`${base}.py`, `${base}/__init__.py`, `${base}.pyi`];
}

/** The module's name in go.mod is some beginning of the path: what is left may be a folder of the workspace. */
function goPaths(module: string): string[] {
  const parts = module.split('/');
  if (!parts[0]?.includes('.') && parts.length === 1) return [];
  return parts.slice(1).map((_, index) => `${parts.slice(index + 1).join('/')}/`);
}

function rustPaths(module: string, fromPath: string): string[] {
  const [first = '', ...rest] = module.split('::');
  const source = /^(?:.*\/)?src(?=\/)/.exec(fromPath)?.[0] ?? 'src';
  const own = /\/(?:mod|lib|main)\.rs$/.test(fromPath) ? folderOf(fromPath) : fromPath.replace(/\.rs$/, '');
  if (first === 'crate') return rustFiles([source, ...rest].join('/'));
  if (first === 'self') return rustFiles([own, ...rest].join('/'));
  if (first === 'super') return rustFiles([folderOf(own), ...rest].join('/'));
  return [];
}

function rustFiles(base: string): string[] {
  const trimmed = base.replace(/^\//, '');
  return [`${trimmed}.rs`, `${trimmed}/mod.rs`, `${folderOf(trimmed)}.rs`];
}

/** The package of the file itself says where the source folder begins: its path ends in the package's folders. */
function javaPaths(module: string, fromPath: string): string[] {
  const inner = module.replaceAll('.', '/');
  const roots = ancestors(folderOf(fromPath));
  return ['', ...roots].flatMap((root) => ['.java', '.kt'].map((ending) => `${root === '' ? '' : `${root}/`}${inner}${ending}`));
}

function includePaths(module: string, fromPath: string): string[] {
  const parents = [folderOf(fromPath), ...ancestors(folderOf(fromPath)), ''];
  return [...parents, 'include', 'src'].flatMap((parent) => resolvePath(parent, module) ?? []);
}

/** Of "a/b/c": "a/b", "a"; nearest first, at most six. */
function ancestors(folder: string): string[] {
  const found: string[] = [];
  for (let parent = folderOf(folder); parent !== '' && found.length < 6; parent = folderOf(parent)) found.push(parent);
  return found;
}
