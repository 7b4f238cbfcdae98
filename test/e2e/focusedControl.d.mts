export function tabbableControls(): string[];
export function focusedControl(): string;
