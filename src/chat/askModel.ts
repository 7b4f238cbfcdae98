/**
 * From a question to its answer: what it mentions is read, the model started, the prompt made to fit, the answer streamed.
 */
import type { ChatBackend } from './chatBackend';
import { composePrompt } from './composePrompt';
import type { StoredMessage } from './conversation';
import type { QuestionContexts } from './questionContexts';
import { asDocComment, parseQuestion } from './slashCommands';
import type { TokenCounts } from './tokenCounts';
import { writeAnswer, type AnswerInput, type AnswerOutcome } from './writeAnswer';

export interface AskInput extends Pick<AnswerInput, 'endsInLoop' | 'signal' | 'onText' | 'onRestart'> {
  readonly backend: ChatBackend;
  /** Asked once the model runs: only then it is known which one counts. */
  readonly countsOf: (backend: ChatBackend) => TokenCounts;
  readonly contexts: QuestionContexts;
  /** Before the question, oldest first. */
  readonly earlier: readonly StoredMessage[];
  readonly asked: StoredMessage;
  /** Another answer than last time is wanted. */
  readonly anew: boolean;
  readonly seed: number;
  /** Which earlier messages the prompt leaves out. */
  readonly onTrimmed: (messageIds: readonly string[]) => void;
}

/** Rejects with a sentence where the model could not be asked. */
export async function askModel(input: AskInput): Promise<AnswerOutcome> {
  const { backend, earlier, asked, signal } = input;
  const contexts = await input.contexts.read(asked, signal);
  const profile = await backend.open(signal);
  const counts = input.countsOf(backend);
  const { guide } = profile;
  const earlierContexts = input.contexts.remembered;
  const prompt = await composePrompt({ profile, counts, earlier, question: asked.text, contexts, earlierContexts });
  if (signal.aborted) return { text: '', state: 'stopped' };
  input.onTrimmed(prompt.plan.trimmedIds);
  const outcome = await writeAnswer({
    ...input,
    messages: prompt.messages,
    options: {
      maxTokens: prompt.plan.answerTokens,
      sampling: { ...(input.anew ? guide.resampling : guide.sampling), seed: input.seed },
    },
    small: guide.limits !== undefined,
  });
  const isDocComment = guide.docPairsOnly && parseQuestion(asked.text).command === 'document' && outcome.state === 'complete';
  return isDocComment ? { ...outcome, text: asDocComment(outcome.text, contexts.at(-1)?.languageId ?? '') } : outcome;
}
