// Lint rules: type-aware strictness, size limits, and the one-way import zones of ARCHITECTURE.md.
// Formatting is Prettier's; what the compiler already refuses is not repeated here.
import { readdirSync } from 'node:fs';
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Folder of src/ -> the folders of src/ that it may import. A folder that is not listed may import nothing. */
const MAY_IMPORT = {
  protocol: [],
  prompt: ['protocol'],
  metrics: ['protocol'],
  engine: ['protocol'],
  worker: ['protocol', 'model'],
  model: ['protocol'],
  completion: ['protocol', 'prompt', 'engine', 'metrics'],
  context: ['protocol', 'prompt'],
  chat: ['protocol', 'engine'],
  vscode: ['protocol', 'prompt', 'completion', 'context', 'chat', 'engine', 'metrics', 'model'],
  cli: ['protocol', 'prompt', 'completion', 'context', 'engine', 'metrics', 'model', 'worker'],
  webview: ['protocol'],
};

/** The only files that may know the editor's API. */
const VSCODE_ADAPTERS = ['src/extension.ts', 'src/vscode/**/*.ts', 'src/completion/inlineCompletionProvider.ts'];

/** Pure folders: time, files and processes come in as parameters. */
const PURE_FOLDERS = ['protocol', 'prompt', 'completion', 'context', 'chat', 'metrics', 'webview'];

const sourceFolders = readdirSync(new URL('src', import.meta.url), { withFileTypes: true }).filter((entry) => entry.isDirectory());
const zones = sourceFolders.map(({ name: folder }) => {
  const allowed = [folder, ...(MAY_IMPORT[folder] ?? [])];
  return {
    target: `./src/${folder}`,
    from: './src',
    except: allowed.map((name) => `./${name}`),
    message: `src/${folder} may import only: ${allowed.join(', ')}.`,
  };
});
zones.push({ target: './src', from: './test', message: 'Product code does not import tests.' });

const NO_VSCODE = { name: 'vscode', message: 'Only the adapting files listed in eslint.config.mjs may import the editor API.' };
const NO_NODE = { regex: '^node:', message: 'This folder is pure: take time, files and processes as parameters.' };
const BARE_NODE = {
  regex: '^(fs|path|os|child_process|crypto|net|url|util|events|stream)(/|$)',
  message: 'Write node: before built-in modules.',
};

const sourceRules = {
  'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
  'no-restricted-imports': ['error', { patterns: [BARE_NODE] }],
  'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Use a named export.' }],
  eqeqeq: ['error', 'always'],
  'no-console': 'off',
};

const typeRules = {
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
};

export default defineConfig(
  { ignores: ['dist/', 'build/', 'coverage/', 'node_modules/', 'test/fixtures/', 'docs/sample/', 'training/', 'native/'] },
  { files: ['**/*.mjs'], extends: [js.configs.recommended], languageOptions: { globals: globals.node }, rules: sourceRules },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './test/vscode/tsconfig.json', './src/webview/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: { ...sourceRules, ...typeRules },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.tsx', '.js', '.json'] })] },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'no-restricted-imports': ['error', { paths: [NO_VSCODE], patterns: [BARE_NODE] }],
    },
  },
  {
    files: PURE_FOLDERS.map((folder) => `src/${folder}/**/*.{ts,tsx}`),
    rules: { 'no-restricted-imports': ['error', { paths: [NO_VSCODE], patterns: [NO_NODE, BARE_NODE] }] },
  },
  { files: VSCODE_ADAPTERS, rules: { 'no-restricted-imports': ['error', { patterns: [BARE_NODE] }] } },
  {
    files: ['src/completion/inlineCompletionProvider.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [NO_NODE, BARE_NODE] }] },
  },
  // Vitest and Vite read the default export of a configuration file; so does ESLint.
  { files: ['*.config.ts', '*.config.mjs'], rules: { 'no-restricted-syntax': 'off' } },
);
