export function settledText(options: { selector: string; quietMs: number; limitMs: number }): Promise<string>;
