/**
 * From the tag of a code block ("ts", "python") to the editor's language identifier.
 */
import * as vscode from 'vscode';

const ALIASES: Readonly<Record<string, string>> = {
  ts: 'typescript',
  tsx: 'typescriptreact',
  js: 'javascript',
  jsx: 'javascriptreact',
  py: 'python',
  rs: 'rust',
  rb: 'ruby',
  sh: 'shellscript',
  bash: 'shellscript',
  shell: 'shellscript',
  'c++': 'cpp',
  'c#': 'csharp',
  cs: 'csharp',
  kt: 'kotlin',
  md: 'markdown',
  yml: 'yaml',
};

/** Undefined for a language that this editor does not know. */
export async function languageOfTag(tag: string): Promise<string | undefined> {
  const name = tag.trim().toLowerCase();
  const language = ALIASES[name] ?? name;
  return (await vscode.languages.getLanguages()).includes(language) ? language : undefined;
}
