/**
 * What a file offers to others, in its own words and without the bodies of functions.
 */
import { describe, expect, test } from 'vitest';
import { SIGNATURE_LIMITS } from '../../../src/context/signature';
import { signaturesOf } from '../../../src/context/signatures';

function textOf(path: string, source: string): string {
  return signaturesOf(source.split('\n'), path)
    .map((signature) => signature.text)
    .join('\n');
}

describe('signatures', () => {
  test('of TypeScript: exported functions, types with their fields, classes with their public members', () => {
    const source = `import { x } from './x';

/** "export function not()" in a comment or string is none: \`\${'{'}\` */
export interface Price {
  readonly amount: number;
  currency: string;
}
export type Id = string | number;
export enum Kind { A, B }
const hidden = { a: 1 };
export const LIMIT = 3;
export const add = (a: number, b: number): number => {
  return a + b;
};
export async function load(
  path: string,
  { retries = 3 }: { retries?: number } = {},
): Promise<Price> {
  if (path) {
    return { amount: 1, currency: '{' };
  }
}
function local() {}
export class Cart extends Base {
  readonly items: Price[] = [];
  private secret = 1;
  #own = 2;
  constructor(private readonly tax: number) {
    super();
    const local = (this.tax);
  }
  static from(prices: Price[]): Cart {
    return new Cart(1);
  }
  get total(): number {
    return 1;
  }
}
`;
    expect(textOf('a.ts', source)).toBe(`export interface Price {
  readonly amount: number;
  currency: string;
}
export type Id = string | number;
export enum Kind { A, B }
export const LIMIT = 3;
export const add = (a: number, b: number): number => {};
export async function load(
  path: string,
  { retries = 3 }: { retries?: number } = {},
): Promise<Price>;
export class Cart extends Base {
  readonly items: Price[] = [];
  constructor(private readonly tax: number);
  static from(prices: Price[]): Cart;
  get total(): number;
}`);
  });

  test('of Python: functions, classes with public methods and attributes, constants', () => {
    const source = `"""def nothing(): in a docstring"""
LIMIT = 3
_hidden = 4

def load(path: str, *, retries: int = 3) -> dict[str, int]:
    """Loads."""
    def inner():
        pass
    return {}

def _private(): ...

async def fetch(
    url: str,
) -> bytes:
    return b""

class Command(Base):
    name: str
    def __init__(self, name: str) -> None:
        self.name = name
        self.other: int = 1
    def _hide(self): ...
    @property
    def usage(self) -> str:
        return self.name
`;
    expect(textOf('a.py', source)).toBe(`LIMIT = 3
def load(path: str, *, retries: int = 3) -> dict[str, int]: ...
async def fetch(
    url: str,
) -> bytes: ...
class Command(Base):
    name: str
    def __init__(self, name: str) -> None: ...
    def usage(self) -> str: ...`);
  });

  test('of Go, Rust, Java and C++ headers', () => {
    expect(
      textOf('a.go', 'package a\n\ntype Cart struct {\n\tItems []Price\n}\n\nfunc (c *Cart) Total(tax float64) float64 {\n\treturn 1\n}\n'),
    ).toBe('type Cart struct {\n\tItems []Price\n}\nfunc (c *Cart) Total(tax float64) float64;');
    expect(
      textOf(
        'a.rs',
        "pub struct Token<'a> {\n    text: &'a str,\n}\nimpl<'a> Token<'a> {\n    pub fn len(&self) -> usize {\n        1\n    }\n}\nfn local() {}\n",
      ),
    ).toBe("pub struct Token<'a> {\n    text: &'a str,\n}\nimpl<'a> Token<'a> {\n    pub fn len(&self) -> usize;\n}");
    expect(
      textOf('A.java', 'package a;\npublic class A {\n    private int x;\n    public int total(int tax) {\n        return 1;\n    }\n}\n'),
    ).toBe('public class A {\n    public int total(int tax);\n}');
    expect(
      textOf(
        'a.h',
        '#pragma once\nnamespace a {\nstruct Size {\n  int w;\n};\nint area(const Size& size);\nclass Box {\n public:\n  int volume() const;\n};\n}\n',
      ),
    ).toBe('struct Size {\n  int w;\n};\nint area(const Size& size);\nclass Box {\n  int volume() const;\n}');
  });

  test('are limited in number and length, and half-typed code does no harm', () => {
    const many = Array.from({ length: 500 }, (_, index) => `export const a${index} = 1;`).join('\n');
    expect(signaturesOf(many.split('\n'), 'a.ts')).toHaveLength(SIGNATURE_LIMITS.perFile);
    expect(textOf('a.ts', `export const a = '${'x'.repeat(5000)}';`).length).toBeLessThanOrEqual(SIGNATURE_LIMITS.lineChars);
    expect(textOf('a.ts', 'export function open(a: {')).toBe('export function open(a: {');
    expect(textOf('a.ts', 'export class {{{\nexport interface')).toBe('');
    expect(signaturesOf(['# nothing'], 'README.md')).toEqual([]);
  });

  test.each(['a.ts', 'a.py', 'a.go', 'a.rs', 'A.java', 'a.h'])('long lines of blanks, words and strings in %s end in time', (path) => {
    const starts = ['export const a', 'pub fn x', 'public class A {', 'impl', 'def f(', 'template <', ''];
    const rests = [' '.repeat(20_000), 'a '.repeat(10_000), `'${'x'.repeat(20_000)}'`, '<'.repeat(20_000)];
    for (const start of starts) for (const rest of rests) signaturesOf([`${start} ${rest}`, `  ${rest}`, '}'], path);
  });
});
