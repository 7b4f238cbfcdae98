export function chooseStages(args: readonly string[]): { name: string; counts: 'one' | 'reported'; command: string[] }[];
