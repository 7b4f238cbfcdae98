/**
 * The prompt of a place as text for people: its parts in their order, with sizes. Holds code: it is shown only to the user who asked for it.
 */
import { tokensOfSnippets } from '../prompt/promptSnippet';
import { linePrefix } from './documentContext';
import { promptOf, type PromptPlan } from './promptPlan';

const RULER = '─'.repeat(20);

export function describePrompt(plan: PromptPlan): string {
  const { context, snippets, template, budget } = plan;
  const chars = promptOf(plan).reduce((sum, part) => sum + (part.kind === 'special' ? 0 : part.text.length), 0);
  const head = [
    `Prompt for ${context.path}, after ${JSON.stringify(linePrefix(context).trimStart().slice(-60))}`,
    `${chars} characters; at most ${budget.maxPromptTokens} tokens may be used, ${tokensOfSnippets(snippets)} of them (estimated) by other files.`,
  ];
  const others = snippets.map(({ path, text }, index) => section(`${index + 1}. From ${path}`, text));
  if (!template.takesSnippets) others.push('The loaded model is shown no other files: it was not trained on them.');
  else if (snippets.length === 0)
    others.push('Nothing of other files is shown: nothing fitting was found, or context is switched off (bamboo.context.enabled).');
  const own = partsOfDocument(plan);
  return [...head, '', ...others, ...own].join('\n') + '\n';
}

function partsOfDocument(plan: PromptPlan): string[] {
  const texts = promptOf({ ...plan, snippets: [] }).filter((part) => part.kind === 'text');
  return texts.map((part) => section(titleOf(part.trim), part.text));
}

function titleOf(trim: 'start' | 'end' | undefined): string {
  if (trim === 'end') return 'After the cursor';
  return trim === 'start' ? 'Before the cursor' : 'Path';
}

function section(title: string, text: string): string {
  return `${RULER} ${title} (${text.length} characters)\n${text}\n`;
}
