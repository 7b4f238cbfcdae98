/**
 * The custom elements of @vscode-elements/elements in JSX. Import an element's module where it is used, e.g.
 * `import '@vscode-elements/elements/dist/vscode-button/index.js'`; its attributes are those of its own documentation.
 */
import type { HTMLAttributes } from 'preact';

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'vscode-icon': HTMLAttributes & { readonly name: string; readonly 'action-icon'?: boolean };
      [element: `vscode-${string}`]: HTMLAttributes & Record<string, unknown>;
    }
  }
}
