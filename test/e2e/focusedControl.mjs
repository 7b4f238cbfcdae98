// Run inside the page of a view, not in Node: they are sent there as source and may use nothing from outside themselves.
/* global document */

/** Name of every control that is shown and that Tab should reach, up to its figures, which may change meanwhile; those that arrow keys reach are left out. */
export function tabbableControls() {
  const controls = [...document.querySelectorAll('button, summary, input, textarea, [tabindex]')];
  return controls
    .filter((control) => control.tabIndex >= 0 && !control.disabled && control.checkVisibility())
    .filter(({ type }) => type !== 'radio') // one Tab stop for a group, named by its label
    .map((control) => (control.getAttribute('aria-label') ?? control.textContent).replace(/[~\d].*$/su, '').trim());
}

/** The same of the focused control; '' when none has the focus. */
export function focusedControl() {
  const control = document.activeElement;
  if (control === null || control === document.body) return '';
  return (control.getAttribute('aria-label') ?? control.textContent).replace(/[~\d].*$/su, '').trim();
}
