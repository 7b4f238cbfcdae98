/**
 * Snippets from imports: of each imported file of the workspace, the signatures of the names that are used, those near the cursor first.
 */
import { fileKey, folderOf, sameFile, type FileRef } from '../fileRef';
import { importPaths } from '../importPaths';
import { importLanguageOf, importsOf, type ImportedModule, type ImportLanguage } from '../importScanner';
import type { IndexedText } from '../indexedText';
import type { Signature } from '../signature';
import { mustStop, type Collector, type CollectorInput, type SnippetCandidate } from '../snippetCandidate';

export const IMPORT_LIMITS = { files: 12, filesOfFolder: 4, lookedAtFolders: 96, snippetChars: 760 } as const;
/** An import whose names are all used near the cursor scores 1, one that is used elsewhere only this. */
const UNUSED_SCORE = 0.2;

export const importSignatures: Collector = {
  source: 'imports',
  async collect(input) {
    const language = importLanguageOf(input.target.file.path);
    if (!language) return [];
    const modules = input.budget.run(() => importsOf(input.target.head, language));
    const candidates: SnippetCandidate[] = [];
    const seen = new Set<string>();
    const mayLook = looks(input);
    for (const module of byUse(modules, input.reference)) {
      if (mustStop(input)) break;
      for (const file of await filesOf(module, language, input, mayLook)) {
        if (mustStop(input) || seen.size >= IMPORT_LIMITS.files) return candidates;
        if (seen.has(fileKey(file.ref)) || sameFile(file.ref, input.target.file)) continue;
        seen.add(fileKey(file.ref));
        const candidate = input.budget.run(() => candidateOf(file, module, input.reference));
        if (candidate) candidates.push(candidate);
      }
    }
    return candidates;
  },
};

type MayLook = (path: string) => boolean;

/** Waiting for folders costs none of the budget, so imports that are nowhere in the workspace have a bound of their own. */
function looks(input: CollectorInput): MayLook {
  const folders = new Set<string>();
  return (path) => {
    folders.add(folderOf(path));
    return !mustStop(input) && folders.size <= IMPORT_LIMITS.lookedAtFolders;
  };
}

/** Modules whose names stand near the cursor first: there may be no time for all. */
function byUse(modules: readonly ImportedModule[], reference: ReadonlySet<string>): ImportedModule[] {
  return modules.toSorted((a, b) => usedShare(b, reference) - usedShare(a, reference));
}

function usedShare({ names }: ImportedModule, reference: ReadonlySet<string>): number {
  if (names.length === 0) return 0;
  return names.filter((name) => reference.has(name)).length / names.length;
}

async function filesOf(module: ImportedModule, language: ImportLanguage, input: CollectorInput, mayLook: MayLook): Promise<IndexedText[]> {
  const { root, path } = input.target.file;
  const paths = importPaths(module.module, path, language);
  // "from package import module" names files where other imports name declarations.
  const submodules = language === 'python' ? module.names.flatMap((name) => importPaths(join(module.module, name), path, language)) : [];
  const folder = paths.find((candidate) => candidate.endsWith('/'));
  if (folder !== undefined) return filesOfFolders(paths, path, input, mayLook);
  const file = await input.files.readFirst(root, paths, mayLook);
  const more = submodules.length > 0 ? await input.files.readFirst(root, submodules, mayLook) : undefined;
  return [file, more].filter((found) => found !== undefined);
}

function join(module: string, name: string): string {
  return module.endsWith('.') ? `${module}${name}` : `${module}.${name}`;
}

/** A package of several files: the first folder that has source files of this kind. */
async function filesOfFolders(
  paths: readonly string[],
  fromPath: string,
  { files, target }: CollectorInput,
  mayLook: MayLook,
): Promise<IndexedText[]> {
  const { root } = target.file;
  const ending = fromPath.slice(fromPath.lastIndexOf('.'));
  for (const path of paths) {
    if (!mayLook(path)) return [];
    const folder = path.replace(/\/$/, '');
    const names = await files.list(root, folder);
    const sources = names.filter((name) => name.endsWith(ending) && !/[._]test\./.test(name)).slice(0, IMPORT_LIMITS.filesOfFolder);
    if (sources.length === 0 || folder === folderOf(fromPath)) continue;
    const read = await Promise.all(sources.map((name) => files.read({ root, path: `${folder}/${name}` } satisfies FileRef)));
    return read.filter((file) => file !== undefined);
  }
  return [];
}

function candidateOf(file: IndexedText, module: ImportedModule, reference: ReadonlySet<string>): SnippetCandidate | undefined {
  const { signatures } = file;
  const named = signatures.filter(({ name }) => module.names.includes(name));
  const offered = named.length > 0 ? named : signatures.filter(({ name }) => reference.has(name));
  const rest = named.length > 0 || module.names.length > 0 ? [] : signatures;
  const chosen = withinChars([...offered.filter(({ name }) => reference.has(name)), ...offered, ...rest]);
  if (chosen.size === 0) return undefined;
  const used = [...chosen].filter(({ name }) => reference.has(name)).length / chosen.size;
  // In the file's own order, so that the text does not change with the order of use.
  const text = signatures.filter((signature) => chosen.has(signature)).map((signature) => signature.text);
  return { source: 'imports', file: file.ref, text: text.join('\n'), score: UNUSED_SCORE + (1 - UNUSED_SCORE) * used };
}

/** The first signatures that fit; one that is too long by itself is left out. */
function withinChars(signatures: readonly Signature[]): Set<Signature> {
  const chosen = new Set<Signature>();
  let chars = 0;
  for (const signature of signatures) {
    const length = signature.text.length + 1;
    if (chosen.has(signature) || chars + length > IMPORT_LIMITS.snippetChars) continue;
    chosen.add(signature);
    chars += length;
  }
  return chosen;
}
