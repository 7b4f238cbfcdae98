/**
 * Decides whether a suggestion goes on with another line, and where a grown block may end.
 * The bundled model ends a middle at the line's end, so completeOnce asks again from the next line while the block is open.
 * One good line is better than a wrong block: whatever is doubtful ends the growth.
 */
import { scanBrackets } from './bracketScanner';
import { comparable, isClosingLine, MIN_ECHO_CHARS, repeatsLine } from './postProcess/lineRules';
import { endsInLoop } from './postProcess/repetition';
import { indentOf, type Surroundings } from './postProcess/surroundings';

export const GROWTH_LIMITS = {
  lines: 8,
  /** Mean natural-log probability below which a further line is not believed. */
  minMeanLogProb: -0.8,
  /** Time for the lines after the first: the first one waits for them, and a suggestion that comes late is not looked at. */
  budgetMs: 100,
} as const;

/** Why a block is open after the lines so far: an own bracket, a header that needs a body, or the empty body the cursor stands in. */
export type Openness = 'closed' | 'brackets' | 'header' | 'body';

/** A line that cannot stand alone: what it opens follows on the next line. */
const HEADER_END = /(=>|->|[=&|+?]|\b(return|and|or))\s*$/;
const BRACKET_END = /([([{]|=>)\s*$/;
const COLON_BLOCKS: ReadonlySet<string> = new Set(['python', 'gdscript', 'nim', 'cython']);

/** `lines`: the suggestion so far; its first line continues the cursor's line. */
export function openness(lines: readonly string[], around: Surroundings): Openness {
  const full = fullLines(lines, around);
  if (bodyFollows(full[0] ?? '', around)) return 'closed';
  const opened = openBrackets(lines, around);
  if (opened === 'unclosed') return 'brackets';
  const last = withoutComment(full.at(-1) ?? '', around.languageId);
  if (lines.at(-1) !== '' && endsAsHeader(last, around.languageId)) return 'header';
  const body = bodyHeader(lines, around);
  if (body !== undefined) return lines.length > 1 && closesHeader(full.at(-1) ?? '', body) ? 'closed' : 'body';
  return opened === 'closed-below' || hasColonHeader(full, around) ? 'body' : 'closed';
}

/** Whether the suggestion opens brackets that it does not close, and whether the next line below does. */
function openBrackets(lines: readonly string[], around: Surroundings): 'none' | 'unclosed' | 'closed-below' {
  const text = fullLines(lines, around).join('\n');
  const opener = scanBrackets(text, around.languageId).openers.find(({ index }) => index >= around.linePrefix.length);
  if (opener === undefined) return 'none';
  const openerLine = text.slice(text.lastIndexOf('\n', opener.index) + 1);
  return isClosedBelow(openerLine, around) ? 'closed-below' : 'unclosed';
}

/** Whether the next line may join: not a repeat of what is there, not outside of the block, not a loop. */
export function mayJoin(line: string, lines: readonly string[], around: Surroundings): boolean {
  const text = comparable(line);
  if (text === '' || /[\uFFFD\0]/.test(line)) return false;
  if (repeatsLine(line, around.linesBelow[0])) return false;
  const echoed = fullLines(lines, around).slice(-2);
  if (text.length >= MIN_ECHO_CHARS && echoed.some((other) => comparable(other) === text)) return false;
  if (endsInLoop([...lines, line].join('\n'))) return false;
  const body = bodyHeader(lines, around);
  if (body !== undefined && closesHeader(line, body)) return !isClosedBelow(body, around);
  return indentOf(line) >= minIndent(lines, around);
}

/** The longest beginning of the lines that may stand alone: no bracket open, no header without its body; at least the first line. */
export function completeLines(lines: readonly string[], around: Surroundings): string[] {
  for (let count = lines.length; count > 1; count -= 1) {
    const kept = lines.slice(0, count);
    const state = openness(kept, around);
    if (state === 'closed' || state === 'body') return kept;
  }
  return lines.slice(0, 1);
}

/** White space that a further line must at least begin with. */
function minIndent(lines: readonly string[], around: Surroundings): number {
  const full = fullLines(lines, around);
  const first = indentOf(full[0] ?? '');
  if (openBrackets(lines, around) === 'unclosed') return first;
  if (standsInEmptyBody(around)) return first;
  return first + 1;
}

/** The line above the cursor or the cursor's own, if the user has opened a block there that has no body yet. */
function bodyHeader(lines: readonly string[], around: Surroundings): string | undefined {
  const goesBelow = lines[0] === '' && around.linePrefix.trim() !== '';
  if (goesBelow) return opensBlock(around.linePrefix, around.languageId) ? around.linePrefix : undefined;
  return standsInEmptyBody(around) ? around.linesAbove[0] : undefined;
}

/** The cursor stands on a blank line right below an opener, and nothing of the body follows. */
export function standsInEmptyBody(around: Surroundings): boolean {
  const above = around.linesAbove[0];
  if (above === undefined || around.linePrefix.trim() !== '' || !opensBlock(above, around.languageId)) return false;
  const indent = indentOf(around.linePrefix);
  const below = around.linesBelow[0];
  return indent > indentOf(above) && (below === undefined || indentOf(below) < indent);
}

/** The header's body stands below already: the user is editing the header. */
function bodyFollows(header: string, around: Surroundings): boolean {
  const below = around.linesBelow[0];
  return header.trim() !== '' && below !== undefined && indentOf(below) > indentOf(header);
}

function opensBlock(line: string, languageId: string): boolean {
  const code = withoutComment(line, languageId);
  return BRACKET_END.test(code) || (COLON_BLOCKS.has(languageId) && /:\s*$/.test(code));
}

function endsAsHeader(code: string, languageId: string): boolean {
  return HEADER_END.test(code) || (COLON_BLOCKS.has(languageId) && /:\s*$/.test(code));
}

/** A line of closers at the header's depth. */
function closesHeader(line: string, header: string): boolean {
  return isClosingLine(line) && indentOf(line) === indentOf(header);
}

function isClosedBelow(header: string, around: Surroundings): boolean {
  const below = around.linesBelow[0];
  return below !== undefined && /^\s*[)\]}]/.test(below) && indentOf(below) === indentOf(header);
}

function hasColonHeader(full: readonly string[], around: Surroundings): boolean {
  if (!COLON_BLOCKS.has(around.languageId)) return false;
  return /:\s*$/.test(withoutComment(full[0] ?? '', around.languageId));
}

function fullLines(lines: readonly string[], around: Surroundings): string[] {
  const [first = '', ...rest] = lines;
  return [around.linePrefix + first, ...rest];
}

function withoutComment(line: string, languageId: string): string {
  const pattern = COLON_BLOCKS.has(languageId) ? /\s+#.*$/ : /\s+\/\/.*$/;
  return line.replace(pattern, '');
}
