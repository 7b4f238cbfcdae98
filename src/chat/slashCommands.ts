/**
 * "/explain why it is slow" becomes a question that the model understands: plain instructions for large models,
 * the wordings of its training for the bundled one.
 */
import { SLASH_COMMANDS } from '../protocol/chat';
import { ChatError } from './chatError';
import type { MentionText } from './mentionText';
import type { ModelGuide } from './modelGuide';

export type CommandName = 'explain' | 'document' | 'fix' | 'tests' | 'commit' | 'new' | 'clear';

export interface Question {
  /** Undefined: a question in the user's own words. */
  readonly command: CommandName | undefined;
  /** What stands after the command, or the whole text. */
  readonly words: string;
}

const INSTRUCTIONS: Readonly<Record<Exclude<CommandName, 'new' | 'clear'>, string>> = {
  explain: 'Explain what this code does, step by step and briefly.',
  document: 'Write a doc comment for this code. Answer with the comment and the code it belongs to in one code block.',
  fix: 'Fix the problems in this code. Answer with the corrected code in one code block, then say in one or two sentences what was wrong.',
  tests: 'Write tests for this code with the test framework that is usual for its language. Answer with one code block.',
  commit:
    'Write a commit message for these staged changes: a subject of at most 70 characters in the imperative, and a short body only where the reason is not obvious. Answer with the message alone.',
};

/** Asks in its training, so that a model of doc pairs answers in one line. */
const DOC_PAIR_ASKS: Partial<Record<CommandName, string>> = {
  explain: 'Explain this code:',
  document: 'Write a doc comment for:',
};

export function parseQuestion(text: string): Question {
  const match = /^\/([a-z]+)(?:\s+|$)/.exec(text.trimStart());
  const name = SLASH_COMMANDS.find((command) => command.name === match?.[1])?.name as CommandName | undefined;
  if (match === null || name === undefined) return { command: undefined, words: text.trim() };
  return { command: name, words: text.trimStart().slice(match[0].length).trim() };
}

/** Whether the command is about code that has to come along. */
export function needsCode(command: CommandName | undefined): boolean {
  return command === 'explain' || command === 'document' || command === 'fix' || command === 'tests';
}

/** The instruction above the code. Throws ChatError 'beyond-model' for what the model was never trained to do. */
export function instructionFor({ command, words }: Question, guide: ModelGuide, contexts: readonly MentionText[]): string {
  if (command === undefined || command === 'new' || command === 'clear') {
    // With code along, a model of doc pairs only ever describes it.
    return guide.docPairsOnly && contexts.length > 0 && words === '' ? 'Explain this code:' : words;
  }
  if (guide.docPairsOnly) {
    const ask = DOC_PAIR_ASKS[command];
    if (ask === undefined) throw beyondModel(command, guide);
    return ask;
  }
  const instruction = INSTRUCTIONS[command];
  return words === '' ? instruction : `${instruction}\n${words}`;
}

function beyondModel(command: CommandName, guide: ModelGuide): ChatError {
  return new ChatError('beyond-model', `This model cannot answer /${command}. ${guide.limits ?? ''}`.trim());
}

/** The one-line description that a model of doc pairs gave becomes a comment that can be inserted above the code. */
export function asDocComment(text: string, languageId: string): string {
  const words = text.trim();
  if (words === '' || words.includes('```')) return text;
  return `\`\`\`${languageId}\n${comment(words, languageId)}\n\`\`\``;
}

const HASH_LANGUAGES: ReadonlySet<string> = new Set([
  'ruby',
  'shellscript',
  'perl',
  'r',
  'yaml',
  'toml',
  'makefile',
  'dockerfile',
  'elixir',
]);
const SLASH_LANGUAGES: ReadonlySet<string> = new Set(['go', 'rust', 'csharp', 'swift']);

function comment(words: string, languageId: string): string {
  if (languageId === 'python') return `"""${words}"""`;
  const lines = words.split('\n');
  if (HASH_LANGUAGES.has(languageId)) return lines.map((line) => `# ${line}`.trimEnd()).join('\n');
  if (SLASH_LANGUAGES.has(languageId)) return lines.map((line) => `${languageId === 'go' ? '//' : '///'} ${line}`.trimEnd()).join('\n');
  const safe = lines.map((line) => line.replaceAll('*/', '* /'));
  return safe.length === 1 ? `/** ${safe.join('')} */` : ['/**', ...safe.map((line) => ` * ${line}`.trimEnd()), ' */'].join('\n');
}
