export function focusedControl(): string;
