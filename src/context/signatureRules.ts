/**
 * How the declarations that other files may use look in the languages with braces. Tables only; signatures.ts reads by them.
 */
import { extensionOf } from './fileRef';
import type { MaskRules } from './codeMask';

export interface BraceLanguage {
  readonly mask: MaskRules;
  /** A declaration at the outermost level; group `name` is its name. */
  readonly declaration: RegExp;
  /** Declarations whose bodies are worth showing: types and their fields. */
  readonly keepBody: RegExp;
  /** Declarations whose members are shown without their bodies. */
  readonly hasMembers: RegExp;
  readonly member: RegExp;
  /** Blocks that do not count as a level. */
  readonly transparent?: RegExp;
}

const C_MASK: MaskRules = { lineComment: '//', blockComments: true, apostrophe: 'character', longQuotes: [] };
const NEVER = /(?!)/;

const SCRIPT: BraceLanguage = {
  mask: { ...C_MASK, apostrophe: 'string', longQuotes: ['`'] },
  declaration:
    /^export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|class|interface|type|const\s+enum|enum|const|let|var|namespace)\s+(?<name>[\w$]+)/,
  keepBody: /^export\s+(?:default\s+)?(?:declare\s+)?(?:interface|type|const\s+enum|enum)\b/,
  hasMembers: /^export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?class\b/,
  member:
    /^\s+(?=\S)(?!private\b|#|protected\b|if\b|for\b|while\b|switch\b|return\b|catch\b)(?:(?:public|static|readonly|abstract|override|async|get|set)\s+)*[\w$]+[?!]?\s*[<(:=]/,
};

const GO: BraceLanguage = {
  mask: { ...C_MASK, longQuotes: ['`'] },
  declaration: /^(?:func\s+(?:\([^)]*\)\s*)?|type\s+|const\s+|var\s+)(?<name>\w+)/,
  keepBody: /^type\b/,
  hasMembers: NEVER,
  member: NEVER,
};

const RUST: BraceLanguage = {
  mask: C_MASK,
  declaration:
    /^(?:pub(?:\([^)]*\))?\s+(?:async\s+|unsafe\s+|const\s+(?=fn\b))*(?:fn|struct|enum|trait|type|const|static|union)|impl(?:<[^>]*>)?)\s+(?:[\w:<>, ]+\s+for\s+)?(?<name>\w+)/,
  keepBody: /^pub(?:\([^)]*\))?\s+(?:struct|enum|trait|union)\b/,
  hasMembers: /^impl\b/,
  member: /^\s+(?:pub(?:\([^)]*\))?\s+)?(?:async\s+|unsafe\s+|const\s+)*fn\s+\w+/,
};

const JAVA: BraceLanguage = {
  mask: { ...C_MASK, longQuotes: ['"""'] },
  declaration: /^(?:(?:public|abstract|final|sealed|non-sealed|static)\s+)*(?:class|interface|enum|record|@interface)\s+(?<name>\w+)/,
  keepBody: /^(?:(?:public|static)\s+)*(?:enum|record)\b/,
  hasMembers: /\b(?:class|interface)\b/,
  member:
    /^\s+(?=\S)(?!private\b|return\b|if\b|for\b|while\b|switch\b|throw\b|new\b)(?:@\w+\s+)*(?:(?:public|protected|static|final|abstract|default|synchronized)\s+)*(?:<[^>]*>\s*)?[\w.<>[\], ?]+\s+\w+\s*[(;=]/,
};

const C_FAMILY: BraceLanguage = {
  mask: C_MASK,
  declaration:
    /^(?:#define\s+|(?:template\s*<[^>]*>\s*)?(?:(?:typedef\s+)?(?:struct|class|union|enum(?:\s+class)?)\s+|using\s+|(?:(?:static|inline|constexpr|extern|const|virtual|explicit|unsigned|signed)\s+)*[\w:]+(?:<[^;(]*>)?[\s*&]+))(?:\w+::)*(?<name>~?\w+)/,
  keepBody: /^(?:typedef\s+)?(?:struct|union|enum)\b/,
  hasMembers: /^(?:template\s*<[^>]*>\s*)?class\b/,
  member: /^\s+(?=\S)(?!return\b|if\b|for\b|while\b|switch\b|delete\b|public\b|private\b|protected\b)[\w:~<>*&,\s[\]]+\(/,
  transparent: /^(?:inline\s+)?namespace\b|^extern\s+"C"/,
};

const BY_EXTENSION: ReadonlyMap<string, BraceLanguage> = new Map(
  (
    [
      [SCRIPT, 'ts tsx mts cts js jsx mjs cjs vue svelte'],
      [GO, 'go'],
      [RUST, 'rs'],
      [JAVA, 'java kt cs'],
      [C_FAMILY, 'c h cc cpp cxx hh hpp hxx cu cuh m'],
    ] as const
  ).flatMap(([language, extensions]) => extensions.split(' ').map((extension) => [extension, language] as const)),
);

export function braceLanguageOf(path: string): BraceLanguage | undefined {
  return BY_EXTENSION.get(extensionOf(path));
}
