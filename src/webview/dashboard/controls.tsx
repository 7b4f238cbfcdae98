/**
 * The small pieces that sections are made of: an icon, a button that asks the host for an action, a foldable section.
 * The section is our own: the heading of @vscode-elements' collapsible tells a screen reader neither that it is a button nor whether it is open.
 */
import '@vscode-elements/elements/dist/vscode-button/index.js';
import type { ComponentChildren } from 'preact';
import type { DashboardAction } from '../../protocol/dashboard';
import { useDashboard } from './dashboardContext';
import { toggled, type SectionId } from './viewMemory';

/** Always beside a text that says the same. */
export function Codicon({ name, kind }: { readonly name: string; readonly kind?: string }) {
  return <span class={`codicon codicon-${name}${kind === undefined ? '' : ` icon-${kind}`}`} aria-hidden="true" />;
}

interface ActionButtonProps {
  readonly action: DashboardAction;
  readonly icon?: string;
  readonly secondary?: boolean;
  readonly disabled?: boolean;
  readonly children: string;
}

export function ActionButton({ action, icon, secondary = false, disabled = false, children }: ActionButtonProps) {
  const { send } = useDashboard();
  return (
    <vscode-button
      icon={icon ?? ''}
      secondary={secondary}
      disabled={disabled}
      aria-disabled={disabled ? 'true' : 'false'}
      aria-label={children}
      onClick={() => !disabled && send({ type: 'action', action })}
    >
      {children}
    </vscode-button>
  );
}

interface SectionProps {
  readonly id: SectionId;
  readonly title: string;
  /** The section in a few words, also while it is folded. */
  readonly summary?: string | undefined;
  readonly children: ComponentChildren;
}

export function Section({ id, title, summary, children }: SectionProps) {
  const { memory, remember } = useDashboard();
  const open = !memory.folded.includes(id);
  return (
    <section class="section" aria-labelledby={`${id}-title`}>
      <h2 class="section-heading">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={`${id}-body`}
          onClick={() => remember({ folded: toggled(memory.folded, id) })}
        >
          <Codicon name={open ? 'chevron-down' : 'chevron-right'} />
          <span id={`${id}-title`} class="section-title">
            {title}
          </span>{' '}
          {summary !== undefined && <span class="section-summary">{summary}</span>}
        </button>
      </h2>
      <div id={`${id}-body`} class="section-body" hidden={!open}>
        {open && children}
      </div>
    </section>
  );
}

export function Group({
  title,
  note,
  children,
}: {
  readonly title: string;
  readonly note?: string | undefined;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="group">
      <h3 class="group-title">{title}</h3>
      {children}
      {note !== undefined && <p class="note">{note}</p>}
    </div>
  );
}
