// Runs inside the page of a view, not in Node: it is sent there as source and may use nothing from outside itself.
/* global document */

/** Tells the focused control from all others of the page: its place among them. '' when none has the focus. */
export function focusedControl() {
  const controls = [...document.querySelectorAll('button, summary, a[href], input, textarea, [tabindex]')];
  const index = controls.indexOf(document.activeElement);
  return index < 0 ? '' : String(index);
}
