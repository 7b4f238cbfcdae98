/**
 * Holds what the view draws and says when to draw it: at most once per frame, however many messages arrive.
 */
import type { ChatToView } from '../../protocol/chat';
import { EMPTY_VIEW, reduceView, type ViewState } from './viewState';

export interface ViewStore {
  receive(message: ChatToView): void;
}

export function createViewStore(draw: (view: ViewState) => void, nextFrame: (callback: () => void) => unknown): ViewStore {
  let view = EMPTY_VIEW;
  let isFrameDue = false;
  return {
    receive(message) {
      view = reduceView(view, message);
      if (isFrameDue) return;
      isFrameDue = true;
      nextFrame(() => {
        isFrameDue = false;
        draw(view);
      });
    },
  };
}
