/**
 * A codicon. Decoration only: whatever it stands on has a name of its own.
 */
import type { JSX } from 'preact';

export function Icon({ name, spin = false }: { readonly name: string; readonly spin?: boolean }): JSX.Element {
  return <span class={`codicon codicon-${name}${spin ? ' codicon-modifier-spin' : ''}`} aria-hidden="true" />;
}
