/**
 * A row of buttons that is one stop of the Tab key; the arrow keys, Home and End move inside it.
 */
import type { ComponentChildren, JSX, TargetedFocusEvent, TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

export interface ToolbarProps {
  readonly label: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

export function Toolbar({ label, class: extraClass = '', children }: ToolbarProps): JSX.Element {
  const row = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (row.current !== null) keepOneTabStop(row.current);
  });
  return (
    <div ref={row} role="toolbar" aria-label={label} class={`toolbar ${extraClass}`} onKeyDown={moveFocus} onFocusIn={takeTabStop}>
      {children}
    </div>
  );
}

function buttonsOf(row: HTMLElement): HTMLButtonElement[] {
  return [...row.querySelectorAll('button')].filter((button) => !button.disabled);
}

function keepOneTabStop(row: HTMLElement, wanted?: HTMLElement): void {
  const buttons = buttonsOf(row);
  const stop = wanted ?? buttons.find((button) => button.tabIndex === 0 && button.hasAttribute('tabindex')) ?? buttons[0];
  for (const button of buttons) button.tabIndex = button === stop ? 0 : -1;
}

function takeTabStop(event: TargetedFocusEvent<HTMLDivElement>): void {
  if (event.target instanceof HTMLButtonElement) keepOneTabStop(event.currentTarget, event.target);
}

function moveFocus(event: TargetedKeyboardEvent<HTMLDivElement>): void {
  const buttons = buttonsOf(event.currentTarget);
  const at = buttons.findIndex((button) => button === document.activeElement);
  const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  buttons[(next + buttons.length) % buttons.length]?.focus();
}
