/**
 * An answer as a screen reader should say it: without Markdown's marks, and with the name of a code block in place of its code.
 * Grows as the answer grows.
 */
import { WORDS } from '../words';

export function spokenText(markdown: string): string {
  const spoken: string[] = [];
  let isInCode = false;
  for (const line of markdown.split('\n')) {
    const fence = /^\s*(?:```|~~~)\s*([\w+#.-]*)/.exec(line);
    if (fence === null) {
      if (!isInCode) spoken.push(withoutMarks(line));
    } else {
      isInCode = !isInCode;
      if (isInCode) spoken.push(WORDS.codeBlock(fence[1] ?? ''));
    }
  }
  return spoken.join('\n');
}

function withoutMarks(line: string): string {
  return line
    .replace(/^\s*(?:#{1,6}|[-*+]|>|\d{1,9}[.)])\s+/, '')
    .replace(/[*_`]+/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}
