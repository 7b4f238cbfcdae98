/**
 * The line to the extension host, typed both ways, and the little state that survives hiding the view.
 * What arrives is checked by the view's own guard; anything else is dropped and reported on the console.
 */

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface HostConnection<ToHost, ToView> {
  send(message: ToHost): void;
  /** One listener. */
  onMessage(listener: (message: ToView) => void): void;
  readonly savedState: unknown;
  saveState(state: unknown): void;
}

export function connectToHost<ToHost, ToView>(isToView: (message: unknown) => message is ToView): HostConnection<ToHost, ToView> {
  const api = acquireVsCodeApi();
  return {
    send: (message) => api.postMessage(message),
    onMessage: (listener) => {
      window.addEventListener('message', (event: MessageEvent<unknown>) => {
        if (isToView(event.data)) listener(event.data);
        else console.warn('Bamboo: a message of the extension was not understood.');
      });
    },
    savedState: api.getState(),
    saveState: (state) => api.setState(state),
  };
}
