/**
 * The top line: which model answers, where, how it stands, and the ways to the conversations and to a new one.
 */
import type { JSX, RefObject } from 'preact';
import type { ChatModel } from '../../../protocol/chat';
import type { ChatActions } from '../chatActions';
import { Icon } from '../controls/Icon';
import { IconButton } from '../controls/IconButton';
import { visibleText } from '../markdown/visibleText';
import { WORDS } from '../words';

export type Panel = 'history' | 'info' | undefined;

export interface ModelLineProps {
  readonly model: ChatModel;
  readonly actions: ChatActions;
  readonly panel: Panel;
  readonly onPanel: (panel: Panel) => void;
  /** Around the buttons, for whoever gives the focus back. */
  readonly tools: RefObject<HTMLSpanElement | null>;
}

export function ModelLine({ model, actions, panel, onPanel, tools }: ModelLineProps): JSX.Element {
  const name = visibleText(model.name);
  const isStarting = model.state === 'starting' || model.state === 'restarting';
  const description = `${model.where}, ${WORDS.modelStates[model.state]}`;
  return (
    <header class="model-line">
      <button
        type="button"
        class="model-button"
        title={`${name} (${description}). ${WORDS.chooseModel}`}
        onClick={() => actions.act('chooseModel')}
      >
        {isStarting ? <Icon name="loading" spin /> : <span class={`state-dot ${model.state}`} aria-hidden="true" />}
        <span class="visually-hidden">{WORDS.model}: </span>
        <span class="model-name">{name}</span>
        <span class="model-where">{description}</span>
      </button>
      <span class="model-tools" ref={tools}>
        <IconButton
          icon="info"
          label={WORDS.modelInfo}
          pressed={panel === 'info'}
          onClick={() => onPanel(panel === 'info' ? undefined : 'info')}
        />
        <IconButton
          class="history-button"
          icon="history"
          label={WORDS.history}
          pressed={panel === 'history'}
          onClick={() => onPanel(panel === 'history' ? undefined : 'history')}
        />
        <IconButton
          icon="add"
          label={WORDS.newConversation}
          onClick={() => {
            onPanel(undefined);
            actions.act('newConversation');
          }}
        />
      </span>
    </header>
  );
}
