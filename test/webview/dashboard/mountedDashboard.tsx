/**
 * The view in the simulated browser, with what it sent and saved.
 */
import './fakeBrowser';
import { signal } from '@preact/signals';
import { render } from 'preact';
import { act } from 'preact/test-utils';
import type { DashboardState, DashboardToHost } from '../../../src/protocol/dashboard';
import { DashboardApp } from '../../../src/webview/dashboard/dashboardApp';
import { toViewMemory, type ViewMemory } from '../../../src/webview/dashboard/viewMemory';

export interface MountedDashboard {
  readonly root: HTMLElement;
  readonly sent: DashboardToHost[];
  readonly saved: ViewMemory[];
  show(state: DashboardState): void;
  click(element: Element | undefined | null): void;
  /** All text, with blanks of every kind written as one. */
  text(within?: string): string;
  /** By its accessible name or its text. */
  button(name: string): Element | undefined;
  /** Rows of the table with that caption, cell by cell. */
  table(caption: string): string[][];
  unmount(): void;
}

export function mountDashboard(first?: DashboardState, memory?: unknown): MountedDashboard {
  const root = document.createElement('div');
  document.body.append(root);
  const state = signal<DashboardState | undefined>(first);
  const sent: DashboardToHost[] = [];
  const saved: ViewMemory[] = [];
  const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
  void act(() => {
    render(
      <DashboardApp
        state={state}
        firstMemory={toViewMemory(memory)}
        send={(message) => sent.push(message)}
        save={(changed) => saved.push(changed)}
      />,
      root,
    );
  });
  return {
    root,
    sent,
    saved,
    show: (next) => {
      void act(() => void (state.value = next));
    },
    click: (element) => {
      if (element === undefined || element === null) throw new Error('There is nothing to click.');
      void act(() => void element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true })));
    },
    text: (within = 'main') => plain(root.querySelector(within)?.textContent ?? ''),
    button: (name) =>
      [...root.querySelectorAll('button, vscode-button')].find(
        (button) => plain(button.getAttribute('aria-label') ?? button.textContent) === name,
      ),
    table: (caption) => {
      const found = [...root.querySelectorAll('table')].find((table) => table.caption?.textContent === caption);
      return [...(found?.rows ?? [])].map((row) => [...row.cells].map((cell) => plain(cell.textContent)));
    },
    unmount: () => {
      void act(() => render(null, root));
      root.remove();
    },
  };
}
