/**
 * A workspace folder in memory that remembers which files were read and which folders were listed.
 */
import { folderOf, nameOf, type FileRef } from '../../../src/context/fileRef';
import { identifiersOf } from '../../../src/context/identifiers';
import { ProjectFiles, type FileAccess } from '../../../src/context/projectFiles';
import type { CollectorInput } from '../../../src/context/snippetCandidate';
import { WorkBudget } from '../../../src/context/workBudget';

export const ROOT = 'file:///project';

export interface FakeProject {
  readonly access: FileAccess;
  readonly files: ProjectFiles;
  readonly read: string[];
  readonly listed: string[];
  /** Open documents by path; change it to edit one. */
  readonly open: Map<string, { version: number; text: string }>;
  readonly texts: Map<string, string>;
  nowMs: number;
}

export function at(path: string): FileRef {
  return { root: ROOT, path };
}

export function fakeProject(texts: Readonly<Record<string, string>>, excluded: (path: string) => boolean = () => false): FakeProject {
  const project = {
    read: [] as string[],
    listed: [] as string[],
    open: new Map<string, { version: number; text: string }>(),
    texts: new Map(Object.entries(texts)),
    nowMs: 0,
  };
  const access: FileAccess = {
    openText: ({ path }) => {
      const document = project.open.get(path);
      return document && { version: document.version, text: () => document.text };
    },
    readText: ({ path }) => {
      project.read.push(path);
      return Promise.resolve(project.texts.get(path));
    },
    listFolder: (_, folder) => {
      project.listed.push(folder);
      return Promise.resolve([...project.texts.keys()].filter((path) => folderOf(path) === folder).map(nameOf));
    },
    isExcluded: ({ path }) => Promise.resolve(excluded(path)),
  };
  return Object.assign(project, { access, files: new ProjectFiles(access, () => project.nowMs) });
}

/** What a collector is given for a cursor in `nearby` of a document that begins with `head`. */
export function inputFor(project: FakeProject, path: string, head: string, nearby: string): CollectorInput {
  return {
    target: { documentKey: `${ROOT}/${path}`, file: at(path), head, nearby },
    reference: identifiersOf(nearby),
    files: project.files,
    budget: new WorkBudget(() => 0, 20),
    signal: new AbortController().signal,
  };
}
