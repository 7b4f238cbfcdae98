/**
 * What the model can and cannot do, in the host's words, with the ways to change it.
 */
import type { JSX } from 'preact';
import type { ChatModel } from '../../../protocol/chat';
import type { ChatActions } from '../chatActions';
import { visibleText } from '../markdown/visibleText';
import { WORDS } from '../words';

export function ModelInfo({ model, actions }: { readonly model: ChatModel; readonly actions: ChatActions }): JSX.Element {
  return (
    <section class="model-info" aria-label={WORDS.modelInfo}>
      <p>{visibleText(model.limits ?? WORDS.modelInfoPlain)}</p>
      <p class="hint">{WORDS.emptyPrivacy[model.where]}</p>
      <div class="button-row">
        <button type="button" class="link-button" onClick={() => actions.act('chooseModel')}>
          {WORDS.chooseModel}
        </button>
        <button type="button" class="link-button" onClick={() => actions.act('settings')}>
          {WORDS.settings}
        </button>
        <button type="button" class="link-button" onClick={() => actions.act('showLog')}>
          {WORDS.showLog}
        </button>
      </div>
    </section>
  );
}
