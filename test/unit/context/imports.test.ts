/**
 * Which modules a file imports, and where they may lie.
 */
import { describe, expect, test } from 'vitest';
import { importPaths } from '../../../src/context/importPaths';
import { importsOf, MAX_IMPORTS } from '../../../src/context/importScanner';

describe('imports as written', () => {
  test('of TypeScript and JavaScript: named, renamed, default, types, whole modules, over several lines, required', () => {
    const text = `import fs from 'node:fs';
import { a, type B, c as d } from './x';
import type { E } from "../e.js";
import * as all from './all';
import Main, {
  first,
  second,
} from '@/main';
export { again } from './x';
const { needed, also: other } = require('./old');
`;
    expect(importsOf(text, 'script')).toEqual([
      { module: 'node:fs', names: ['fs'] },
      { module: './x', names: ['a', 'B', 'c', 'again'] },
      { module: '../e.js', names: ['E'] },
      { module: './all', names: [] },
      { module: '@/main', names: ['Main', 'first', 'second'] },
      { module: './old', names: ['needed', 'also'] },
    ]);
  });

  test('of Python', () => {
    const text = `import os, app.config as config
from .core import Command, Group as G
from ..util import (
    first,  # one
    second,
)
`;
    expect(importsOf(text, 'python')).toEqual([
      { module: '.core', names: ['Command', 'Group'] },
      { module: '..util', names: ['first', 'second'] },
      { module: 'os', names: [] },
      { module: 'app.config', names: [] },
    ]);
  });

  test('of Go, Rust, Java and C', () => {
    expect(importsOf('import (\n\t"fmt"\n\tc "example.com/app/internal/core"\n)\nimport "os"\n', 'go')).toEqual([
      { module: 'fmt', names: [] },
      { module: 'example.com/app/internal/core', names: [] },
      { module: 'os', names: [] },
    ]);
    expect(importsOf('mod parse;\nuse crate::lex::{Token, Kind as K};\nuse super::ast::Node;\n', 'rust')).toEqual([
      { module: 'self::parse', names: [] },
      { module: 'crate::lex', names: ['Token', 'Kind'] },
      { module: 'super::ast', names: ['Node'] },
    ]);
    expect(importsOf('import java.util.List;\nimport static com.acme.Prices.total;\n', 'java')).toEqual([
      { module: 'java.util.List', names: ['List'] },
      { module: 'com.acme.Prices.total', names: ['total'] },
    ]);
    expect(importsOf('#include <vector>\n#include "core/engine.h"\n', 'c')).toEqual([{ module: 'core/engine.h', names: [] }]);
  });

  test('are limited in number, and a file without any has none', () => {
    const many = Array.from({ length: 500 }, (_, index) => `import { a } from './m${index}';`).join('\n');
    expect(importsOf(many, 'script')).toHaveLength(MAX_IMPORTS);
    expect(importsOf('const a = 1;\n', 'script')).toEqual([]);
  });

  test('a long line without an end takes no time to speak of', () => {
    expect(importsOf(`import {${' a,'.repeat(4000)}`, 'script')).toEqual([]);
    expect(importsOf(`from x import (${' a,'.repeat(4000)}`, 'python')).toEqual([{ module: 'x', names: ['a'] }]);
    expect(importsOf(`import${' '.repeat(12_000)}x`, 'script')).toEqual([]);
  });
});

describe('where a module may lie', () => {
  test.each([
    ['./x', 'src/a/b.ts', 'script', ['src/a/x.ts', 'src/a/x.tsx', 'src/a/x/index.ts']],
    ['../x.js', 'src/a/b.ts', 'script', ['src/x.ts', 'src/x.tsx', 'src/x.js']],
    ['@/x', 'src/a/b.ts', 'script', ['src/x.ts']],
    ['.core', 'pkg/sub/a.py', 'python', ['pkg/sub/core.py', 'pkg/sub/core/__init__.py']],
    ['..util', 'pkg/sub/a.py', 'python', ['pkg/util.py']],
    ['pkg.core', 'pkg/sub/a.py', 'python', ['pkg/core.py', 'src/pkg/core.py']],
    ['example.com/app/internal/core', 'cmd/main.go', 'go', ['app/internal/core/', 'internal/core/']],
    ['crate::lex', 'src/parse/mod.rs', 'rust', ['src/lex.rs', 'src/lex/mod.rs']],
    ['self::node', 'src/parse/mod.rs', 'rust', ['src/parse/node.rs']],
    ['super::ast', 'src/parse/expr.rs', 'rust', ['src/parse/ast.rs']],
    ['com.acme.Price', 'src/main/java/com/acme/shop/Cart.java', 'java', ['src/main/java/com/acme/Price.java']],
    ['core/engine.h', 'native/core/engine.cc', 'c', ['native/core/engine.h', 'core/engine.h', 'include/core/engine.h']],
  ] as const)('%s in %s', (module, from, language, expected) => {
    expect(importPaths(module, from, language)).toEqual(expect.arrayContaining([...expected]));
  });

  test('packages from elsewhere and paths out of the workspace lie nowhere', () => {
    expect(importPaths('react', 'src/a.ts', 'script')).toEqual([]);
    expect(importPaths('../../x', 'src/a.ts', 'script')).toEqual([]);
    expect(importPaths('....x', 'pkg/a.py', 'python')).toEqual([]);
    expect(importPaths('fmt', 'main.go', 'go')).toEqual([]);
    expect(importPaths('serde::de', 'src/a.rs', 'rust')).toEqual([]);
  });
});
