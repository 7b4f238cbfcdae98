/**
 * Says why no answer can come from this model, and what to do about it.
 */
import type { JSX } from 'preact';
import type { ChatModel } from '../../../protocol/chat';
import type { ChatActions } from '../chatActions';
import { Icon } from '../controls/Icon';
import { visibleText } from '../markdown/visibleText';
import { WORDS } from '../words';

export function ModelTrouble({ model, actions }: { readonly model: ChatModel; readonly actions: ChatActions }): JSX.Element | null {
  if (model.state !== 'no-chat' && model.state !== 'failed') return null;
  const isFailed = model.state === 'failed';
  return (
    <section class={`trouble${isFailed ? ' failed' : ''}`} role="status">
      <Icon name={isFailed ? 'error' : 'info'} />
      <div>
        <strong>{isFailed ? WORDS.failedTitle : WORDS.noChatTitle}</strong>
        {model.error !== undefined && <p>{visibleText(model.error)}</p>}
        <div class="button-row">
          <button type="button" class="button primary" onClick={() => actions.act('chooseModel')}>
            {WORDS.chooseModel}
          </button>
          <button type="button" class="button" onClick={() => actions.act('showLog')}>
            {WORDS.showLog}
          </button>
        </div>
      </div>
    </section>
  );
}
