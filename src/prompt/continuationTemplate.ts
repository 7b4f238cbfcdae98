/**
 * The prompt of models that only continue text (Bamboo-7B, ReluLLaMA): the path as a comment, then the file up to the cursor.
 * They do not see the suffix, so generation stops where the text runs into it.
 */
import { LIMITS, type PromptPart } from '../protocol/engineProtocol';
import type { FimText } from './fimTemplate';

/** Extension or whole name of a file -> what a comment line begins and ends with. */
const HASH = ['#', ''] as const;
const DASHES = ['--', ''] as const;
const SEMICOLON = [';', ''] as const;
const PERCENT = ['%', ''] as const;
const MARKUP = ['<!--', ' -->'] as const;
const STYLE = ['/*', ' */'] as const;
const SLASHES = ['//', ''] as const;
const COMMENTS: ReadonlyMap<string, readonly [string, string]> = new Map([
  ...namesOf('py pyi rb sh bash zsh fish pl pm r jl yaml yml toml cmake mk ps1 tf nix ex exs cr dockerfile makefile').map(of(HASH)),
  ...namesOf('lua sql hs elm ada adb vhdl').map(of(DASHES)),
  ...namesOf('lisp el clj cljs scm rkt asm').map(of(SEMICOLON)),
  ...namesOf('tex erl hrl').map(of(PERCENT)),
  ...namesOf('html htm xml svg md markdown vue svelte').map(of(MARKUP)),
  ...namesOf('css').map(of(STYLE)),
]);

/** The parts of a prompt whose continuation is the middle. The end of the prefix is what may not be cut. */
export function continuationPrompt({ path, prefix }: Pick<FimText, 'path' | 'prefix'>): PromptPart[] {
  return [
    { kind: 'text', text: pathComment(path) },
    { kind: 'text', text: prefix, trim: 'start' },
  ];
}

/**
 * What the text would contain if it went on beyond the middle: the rest of the cursor's line up to its end, and the next line that says something.
 * At most two strings, cut to the protocol's limit: the beginning of a line stops as well as the whole.
 */
export function suffixStops(suffix: string): string[] {
  const lines = suffix.split('\n');
  const [rest = '', ...below] = lines;
  const next = below.find((line) => line.trim() !== '');
  const stops: string[] = [];
  if (rest.trim() !== '') stops.push(below.length > 0 ? `${rest}\n` : rest);
  if (next !== undefined) stops.push(`\n${next}`);
  return stops.map((stop) => utf8Prefix(stop, LIMITS.stopStringBytes));
}

function pathComment(path: string): string {
  const [begin, end] = COMMENTS.get(kindOf(path)) ?? SLASHES;
  return `${begin} ${path}${end}\n`;
}

function kindOf(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase();
  return name.slice(name.lastIndexOf('.') + 1);
}

function namesOf(list: string): string[] {
  return list.split(' ');
}

function of(comment: readonly [string, string]): (name: string) => [string, readonly [string, string]] {
  return (name) => [name, comment];
}

/** The longest beginning of whole characters within `maxBytes`. */
function utf8Prefix(text: string, maxBytes: number): string {
  const buffer = new Uint8Array(maxBytes);
  const { read } = new TextEncoder().encodeInto(text, buffer);
  return text.slice(0, read);
}
