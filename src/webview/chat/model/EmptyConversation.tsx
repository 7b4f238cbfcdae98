/**
 * What a conversation shows before its first question: what this model is good for, where it answers, and some questions to begin with.
 */
import type { JSX } from 'preact';
import { SLASH_COMMANDS, type ChatModel } from '../../../protocol/chat';
import { visibleText } from '../markdown/visibleText';
import { WORDS } from '../words';

export interface EmptyConversationProps {
  readonly model: ChatModel;
  /** Puts the question into the composer. */
  readonly onExample: (text: string) => void;
}

export function EmptyConversation({ model, onExample }: EmptyConversationProps): JSX.Element {
  // The trouble above says all there is to say.
  if (model.state === 'no-chat') return <div class="empty" />;
  return (
    <div class="empty">
      <h2>{WORDS.emptyTitle}</h2>
      {model.limits !== undefined && <p class="limits">{visibleText(model.limits)}</p>}
      <p class="hint">{WORDS.emptyPrivacy[model.where]}</p>
      <h3>{WORDS.examples}</h3>
      <ul class="examples">
        {(model.limits === undefined ? WORDS.largeModelExamples : WORDS.smallModelExamples).map((question) => {
          const command = SLASH_COMMANDS.find(({ name }) => question === `/${name}`);
          return (
            <li key={question}>
              <button type="button" class="example" onClick={() => onExample(command === undefined ? question : `${question} `)}>
                {command === undefined ? (
                  question
                ) : (
                  <>
                    <code>{question}</code> <span>{command.description}</span>
                  </>
                )}
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
