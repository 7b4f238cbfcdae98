/**
 * Takes the files that may hold secrets out of a git diff, before a model or a server sees it.
 * It goes by names alone and does not look for secrets in other files.
 */
import { isSecretFile } from '../../completion/triggerPolicy';

export const LEFT_OUT = '(left out: may hold secrets)';

export function withoutSecretFiles(diff: string): string {
  // Only a line feed ends a line of a diff: contents may hold other line ends with anything after them.
  return diff
    .split(/(?<=^|\n)(?=diff --)/)
    .map((section) => (namesIn(section).some(isSecretFile) ? `${LEFT_OUT}\n` : section))
    .join('');
}

/** Every path that the lines above the contents may name; rather one too many, as paths with spaces are not told apart. */
function namesIn(section: string): string[] {
  const [first = '', ...others] = section.split('\n');
  if (!first.startsWith('diff --')) return [];
  const contents = others.findIndex((line) => line.startsWith('@@'));
  const named = others
    .slice(0, contents < 0 ? others.length : contents)
    .map((line) => /^(?:---|\+\+\+|(?:rename|copy) (?:from|to)) (.*)$/.exec(line)?.[1]);
  const pairs = [...first.matchAll(/ /g)].flatMap(({ index }) => [first.slice(0, index), first.slice(index + 1)]);
  return [...named, ...pairs].flatMap((name) => (name === undefined ? [] : [name.replace(/["\t\r]/g, '')]));
}
