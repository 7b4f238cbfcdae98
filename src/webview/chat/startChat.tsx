/**
 * Connects the view to the host: draws what arrives, once per frame, and says that it is ready.
 */
import { render } from 'preact';
import type { ChatToHost, ChatToView } from '../../protocol/chat';
import type { HostConnection } from '../hostConnection';
import { Chat, Loading } from './Chat';
import { createChatActions } from './chatActions';
import { readSavedDraft } from './savedDraft';
import { createViewStore } from './viewStore';

export function startChat(host: HostConnection<ChatToHost, ChatToView>, root: HTMLElement): void {
  const actions = createChatActions((message) => host.send(message));
  const saved = readSavedDraft(host.savedState);
  const save = (draft: unknown): void => host.saveState(draft);
  const store = createViewStore(
    (view) => {
      if (view.chat === undefined) return;
      render(<Chat view={view} chat={view.chat} actions={actions} saved={saved} save={save} />, root);
    },
    (callback) => requestAnimationFrame(callback),
  );
  host.onMessage((message) => store.receive(message));
  render(<Loading />, root);
  host.send({ type: 'ready' });
}
