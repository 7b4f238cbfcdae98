export function programPath(...names: string[]): string | undefined;
export function chromiumPath(): string | undefined;
