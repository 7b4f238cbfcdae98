/**
 * A typing session: a file, the part of it that is typed, and what stands around that part.
 */
import { normalizeNewlines } from '../../completion/documentContext';
import { languageIdOf } from '../languageId';

export interface TypingSession {
  /** Path and line; names the document. */
  readonly id: string;
  readonly path: string;
  readonly languageId: string;
  readonly before: string;
  /** Never empty. */
  readonly typed: string;
  readonly after: string;
}

/** As it stands in a sessions file. */
export interface SessionLine {
  readonly path: string;
  readonly before: string;
  readonly typed: string;
  readonly after: string;
}

export function sessionOf(line: SessionLine): TypingSession {
  const before = normalizeNewlines(line.before);
  return {
    id: `${line.path}:${before.split('\n').length}`,
    path: line.path,
    languageId: languageIdOf(line.path),
    before,
    typed: normalizeNewlines(line.typed),
    after: normalizeNewlines(line.after),
  };
}
