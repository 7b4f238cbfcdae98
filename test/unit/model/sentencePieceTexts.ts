/**
 * Texts on which a SentencePiece tokenizer can go wrong: blanks, line ends, scripts without pieces, byte fallback, text that looks special.
 */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { TRICKY_TEXTS } from './trickyTexts';

const SAMPLES = path.resolve(__dirname, '../../fixtures/sample-text');

const WRITTEN: readonly string[] = [
  ...['', ' ', '  ', '   ', '\n', '\t', '\r\n', 'a', 'grabbed', ' grabbed', '           grabbed', 'trailing blanks   ', 'Hello, world!'],
  'export function sum(values: number[]): number {\n  let total = 0;\n  for (const value of values) {\n    total += value;\n  }\n}\n',
  'def fib(n):\n    if n < 2:\n        return n\n    return fib(n - 1) + fib(n - 2)\n',
  '#include <stdio.h>\r\n\r\nint main(void) {\r\n\tprintf("%d\\n", 42);\r\n\treturn 0;\r\n}\r\n',
  'SELECT id, name FROM users WHERE age >= 21 ORDER BY name DESC;',
  ...Array.from({ length: 40 }, (_, blanks) => `${' '.repeat(blanks)}x`),
  ...Array.from({ length: 9 }, (_, tabs) => `${'\t'.repeat(tabs)}return`),
  '  \t \t  mixed\t  indentation \t',
  '\r\r\n\n\r',
  '竹は緑、熊猫は白黒。\n日本語とかな カナ\n中文繁體字\n한국어 문장',
  'Привет, мир! Ελληνικά, עברית, العربية, हिन्दी, ไทย, Tiếng Việt',
  '🐼🎋 👩‍👩‍👧‍👦 🇯🇵 👍🏽 ✨',
  'e\u0301 n\u0303 a\u0308\u0323 \u0301 q\u0307\u0323',
  '\ud800 \udc00 \ud83d x\udc3c \ud83d\ud83d\udc3c',
  '\u0000\u0001\u001f\u007f\u0080\u009f\u00a0\u00ad',
  '\u2581 \u2581\u2581 a\u2581b \u2028\u2029\u200b\ufeff\ufffd\ufffe\u{10ffff}',
  '<s> </s> <unk> <0x0A> <0xFF> <|im_start|>user<|im_end|> [INST] <<SYS>> <PRE> ▁<MID>',
  'https://example.org/a/b?c=d&e=%20#f',
  '𝒳𝕪𝖟 ﬁ ½ ² ① ㍿ Å Å',
  '1234567890 0x7fffffff 3.14159e-10 1_000_000 192.168.0.1',
  `${'a'.repeat(300)} ${'ab'.repeat(200)} ${'the'.repeat(150)} ${'_'.repeat(130)} ${'='.repeat(130)}`,
  'pneumonoultramicroscopicsilicovolcanoconiosis antidisestablishmentarianism'.repeat(3),
  'camelCaseIdentifier snake_case_identifier SCREAMING_CASE kebab-case HTMLParser2XMLWriter',
];

export function goldenTexts(): string[] {
  const files = readdirSync(SAMPLES).sort();
  return [...WRITTEN, ...TRICKY_TEXTS, ...files.map((file) => readFileSync(path.join(SAMPLES, file), 'utf8'))];
}
