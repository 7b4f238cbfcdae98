/**
 * Colours code: which piece of it is what kind of token. Long code and long lines are left plain, since no answer is worth a freeze.
 */
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import markdown from 'highlight.js/lib/languages/markdown';
import php from 'highlight.js/lib/languages/php';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import swift from 'highlight.js/lib/languages/swift';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

/** Text, or a token with what is inside it. */
export type CodePiece = string | { readonly kind: string; readonly pieces: readonly CodePiece[] };

/** While an answer streams, its last code block is coloured anew with every frame. */
export const HIGHLIGHT_CHARS = { finished: 30_000, streaming: 8_000 } as const;

const LINE_CHARS = 2_000;

// prettier-ignore
const LANGUAGES = {
  bash, c, cpp, csharp, css, diff, go, ini, java, javascript, json, kotlin, markdown, php, python, ruby, rust, sql, swift, typescript, xml, yaml,
};
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);

/** Undefined: show it plain. */
export function highlight(code: string, language: string, mostChars: number): readonly CodePiece[] | undefined {
  if (code.length > mostChars || hljs.getLanguage(language) === undefined || hasLongLine(code)) return undefined;
  return piecesOf(hljs.highlight(code, { language, ignoreIllegals: true }).value);
}

function hasLongLine(code: string): boolean {
  return code.length > LINE_CHARS && code.split('\n').some((line) => line.length > LINE_CHARS);
}

/** The library writes nothing but spans with classes, and text in which five characters are escaped. */
function piecesOf(html: string): readonly CodePiece[] {
  const root: CodePiece[] = [];
  const open = [root];
  for (const [found, kind] of html.matchAll(/<span class="([^"]*)">|<\/span>|[^<]+/g)) {
    const inside = open.at(-1) ?? root;
    if (kind !== undefined) {
      const pieces: CodePiece[] = [];
      inside.push({ kind, pieces });
      open.push(pieces);
    } else if (found === '</span>') {
      open.pop();
    } else {
      inside.push(unescaped(found));
    }
  }
  return root;
}

const ESCAPED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'" };

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#x27);/g, (found, name: string) => ESCAPED[name] ?? found);
}
