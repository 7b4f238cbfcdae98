/**
 * What a Python module offers to others: functions, classes with their public methods and attributes, constants; bodies as "...".
 */
import { maskLines } from './codeMask';
import { SIGNATURE_LIMITS, type Signature } from './signature';

const MASK = { lineComment: '#', blockComments: false, apostrophe: 'string', longQuotes: ['"""', "'''"] } as const;
const FUNCTION = /^(\s*)(?:async\s+)?def\s+(\w+)/;
const CLASS = /^class\s+(\w+)/;
const CONSTANT = /^([A-Z]\w*)\s*[:=]/;
const ATTRIBUTE = /^(\s+)([a-zA-Z]\w*)\s*:\s*\S/;

export function pythonSignatures(lines: readonly string[]): Signature[] {
  const masked = maskLines(lines, MASK);
  const found: Signature[] = [];
  for (let index = 0; index < lines.length && found.length < SIGNATURE_LIMITS.perFile; index += 1) {
    const code = masked[index] ?? '';
    const [, , functionName] = /^\S/.test(code) ? (FUNCTION.exec(code) ?? []) : [];
    const className = CLASS.exec(code)?.[1];
    const constant = CONSTANT.exec(code)?.[1];
    if (functionName !== undefined && !functionName.startsWith('_')) {
      found.push({ name: functionName, text: header(lines, masked, index) });
    } else if (className !== undefined) {
      found.push({ name: className, text: classWithMembers(lines, masked, index) });
    } else if (constant !== undefined) {
      found.push({ name: constant, text: (lines[index] ?? '').slice(0, SIGNATURE_LIMITS.lineChars).trimEnd() });
    }
  }
  return found;
}

function classWithMembers(lines: readonly string[], masked: readonly string[], start: number): string {
  const shown = [(lines[start] ?? '').trimEnd()];
  let memberIndent: string | undefined;
  for (let index = start + 1; index < lines.length && shown.length < SIGNATURE_LIMITS.members; index += 1) {
    const code = masked[index] ?? '';
    if (code.trim() === '') continue;
    const indent = /^\s*/.exec(code)?.[0] ?? '';
    if (indent === '') break;
    memberIndent ??= indent;
    if (indent !== memberIndent) continue;
    const method = FUNCTION.exec(code)?.[2];
    if (method !== undefined && isPublic(method)) shown.push(header(lines, masked, index));
    else if (method === undefined && ATTRIBUTE.test(code)) shown.push((lines[index] ?? '').slice(0, SIGNATURE_LIMITS.lineChars).trimEnd());
  }
  return shown.join('\n');
}

function isPublic(method: string): boolean {
  return !method.startsWith('_') || method === '__init__' || method === '__call__';
}

/** "def" up to the colon that begins the body. */
function header(lines: readonly string[], masked: readonly string[], start: number): string {
  const kept: string[] = [];
  let open = 0;
  for (let index = start; index < lines.length && kept.length < SIGNATURE_LIMITS.headerLines; index += 1) {
    const code = masked[index] ?? '';
    for (let column = 0; column < code.length; column += 1) {
      const char = code.charAt(column);
      if ('([{'.includes(char)) open += 1;
      else if (')]}'.includes(char)) open -= 1;
      else if (char === ':' && open === 0) return [...kept, `${(lines[index] ?? '').slice(0, column + 1)} ...`].join('\n');
    }
    kept.push((lines[index] ?? '').trimEnd());
  }
  return kept.join('\n');
}
