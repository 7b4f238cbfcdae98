/**
 * Texts on which a tokenizer shortcut would go wrong if it could: line ends, blank lines, Unicode spaces, surrogates, combining marks.
 */

export const TRICKY_TEXTS: readonly string[] = [
  'const a = 1;\nconst b = 2;\n',
  'a\r\nb\r\n\r\n  c\r\n',
  'a\n\n\n   \n\t\nb',
  '\n\n\n',
  '   \n   ',
  'x \n y',
  'f(x)\n\n    .then()\n',
  '"🐼🐼"\n// 竹は緑\n日本語\n',
  'e\u0301\n\u0301x\nn\u0303',
  '\ud800\n\udc00\n\ud83d\n',
  'a\u2028b\u2029c\n\u00a0d\n\u3000e',
  '}\n)\n]\n;\n',
  '12\n34\n 5 6\n',
  '<|fim_middle|>\n<|endoftext|>',
  'tab\tthen\n\t\ttabs\n',
  'end without a break',
];

const PIECES = [
  ...['\n', '\n', '\r', '\r\n', ' ', '  ', '\t', '\v', '\f', '\u0085', '\u00a0', '\u2028', '\u3000', '\ufeff', '\u200b'],
  ...['a', 'Zb', '1', '42', '_', '.', '();', '}', '//', 'é', 'e\u0301', '\u0301', '竹', '🐼', '\ud83d', '\udc3c'],
];

/** The same texts every time: MINSTD (Park and Miller, 1988). */
export function* randomTexts(count: number, maxPieces = 24, pieces = PIECES): Generator<string> {
  let state = 20_26;
  const next = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  for (let i = 0; i < count; i++) {
    yield Array.from({ length: next(maxPieces) }, () => pieces[next(pieces.length)]).join('');
  }
}
