/**
 * A button that shows only an icon and has a name for everyone who does not see it.
 */
import type { JSX } from 'preact';
import { Icon } from './Icon';

export interface IconButtonProps {
  readonly icon: string;
  readonly label: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  readonly class?: string;
}

export function IconButton({ icon, label, onClick, disabled = false, pressed, class: extraClass = '' }: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={`icon-button ${extraClass}`}
      aria-label={label}
      title={label}
      disabled={disabled}
      aria-pressed={pressed}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
